import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's directory, whatever the current one is. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export const CLI = join(root, 'dist', 'apps', 'cli', 'src', 'main.js');

/** Progress belongs on stderr: stdout is the command's own. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Ends the run with a message for people and no stack trace; locks and temporary files are released on the way. */
export function fail(message) {
  throw new Error(message);
}
