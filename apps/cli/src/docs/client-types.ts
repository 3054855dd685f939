import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '#supervisor';

const MAX_BYTES = 16 * 1024 * 1024;

/** The types of the client, from the API's document: TypeScript source. */
export async function clientTypes(document: string): Promise<string> {
  const generator = join(projectRoot(), 'node_modules', 'openapi-typescript', 'bin', 'cli.js');
  const running = promisify(execFile)(process.execPath, [generator, '--immutable'], {
    maxBuffer: MAX_BYTES,
    // In another folder it does not find the settings of the document's linter, and so misses none of its own there.
    cwd: tmpdir(),
  });
  running.child.stdin?.end(document);
  return (await running).stdout;
}
