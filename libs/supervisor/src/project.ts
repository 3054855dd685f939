import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The nearest directory upwards that holds a package.json: the same whether this file runs from source or from dist. */
export function projectRoot(from: string = import.meta.dirname): string {
  if (existsSync(join(from, 'package.json'))) return from;
  const parent = dirname(from);
  if (parent === from)
    throw new Error('No package.json above the supervisor: the installation is incomplete.');
  return projectRoot(parent);
}

/**
 * Absolute path of a built entry file; child processes always run built code, even when their parent is a test.
 *
 * @param source path of the TypeScript source relative to the project root
 * @throws Error when the project has not been built
 */
export function builtEntry(source: string): string {
  const entry = join(projectRoot(), 'dist', source.replace(/\.ts$/, '.js'));
  if (!existsSync(entry)) throw new Error(`${source} has not been built: run "npm run build".`);
  return entry;
}
