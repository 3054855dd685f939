import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { canReach, serverAccount, type ServerAccount } from './embedded-postgres.account.js';
import { postgresBinaries, type PostgresBinaries } from './embedded-postgres.binaries.js';

/** Where one embedded server lives. */
export interface PostgresHome {
  /** The directory the caller named. */
  readonly dataDir: string;
  /** Holds the cluster, the lock and the password. */
  readonly directory: string;
  /** PostgreSQL's own data directory. */
  readonly cluster: string;
  readonly binaries: PostgresBinaries;
  /** Undefined when the server runs as the caller's own user. */
  readonly account: ServerAccount | undefined;
}

/**
 * Finds or chooses where the server of `dataDir` lives, and remembers it in `dataDir/postgres.json`.
 *
 * Normally that is `dataDir/postgres`. When root starts it and the server's account cannot reach `dataDir` (a clone under a
 * 0700 /root), it is a directory of its own under /var/lib/secure-biometric (else /var/tmp, else the temporary directory).
 * It has a random name kept in `dataDir`: data survives moving the project, and deleting `dataDir` really starts afresh.
 *
 * @throws Error when no reachable directory can be had, or a remembered one is no longer reachable
 */
export async function postgresHome(dataDir: string): Promise<PostgresHome> {
  const asRoot = process.getuid?.() === 0;
  // Others may pass through root's directory, not list it: the server's account has to.
  await mkdir(dataDir, { recursive: true, mode: asRoot ? 0o711 : 0o700 });
  const directory = (await remembered(dataDir)) ?? (await choose(dataDir));
  await mkdir(directory, { recursive: true });
  await chmod(directory, asRoot ? 0o711 : 0o700);
  const cluster = join(directory, 'cluster');
  const account = await serverAccount(cluster);
  const binaries = await postgresBinaries(account, sharedDirectory);
  return { dataDir, directory, cluster, binaries, account };
}

/** Deletes the cluster and every trace of it. */
export async function removePostgresHome(home: PostgresHome): Promise<void> {
  await rm(home.directory, { recursive: true, force: true, maxRetries: 3 });
  await rm(memory(home.dataDir), { force: true });
}

/** Reads the superuser's password, or makes one; only the caller's user may read it. */
export async function superuserPassword(home: PostgresHome): Promise<string> {
  const file = join(home.directory, 'password');
  const fresh = randomBytes(24).toString('base64url');
  return writeFile(file, fresh, { mode: 0o600, flag: 'wx' }).then(
    () => fresh,
    () => readFile(file, 'utf8'),
  );
}

const memory = (dataDir: string): string => join(dataDir, 'postgres.json');

async function remembered(dataDir: string): Promise<string | undefined> {
  let text: string;
  try {
    text = await readFile(memory(dataDir), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const { directory } = JSON.parse(text) as { directory?: unknown };
  if (typeof directory !== 'string')
    throw new Error(`${memory(dataDir)} is damaged: it should name a directory.`);
  return resolve(dataDir, directory);
}

async function choose(dataDir: string): Promise<string> {
  const account = await serverAccount(undefined);
  const inPlace = !account || (await canReach(account, [join(dataDir, '.')]));
  const directory = inPlace ? 'postgres' : join(await sharedDirectory(), randomBytes(8).toString('hex'));
  try {
    await writeFile(memory(dataDir), JSON.stringify({ directory }), { mode: 0o600, flag: 'wx' });
    return resolve(dataDir, directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const winner = await remembered(dataDir);
    if (!winner) throw error;
    return winner;
  }
}

/** A directory all users can reach and only root can write. */
async function sharedDirectory(): Promise<string> {
  for (const parent of ['/var/lib', '/var/tmp', tmpdir()]) {
    const directory = join(parent, 'secure-biometric');
    try {
      await mkdir(directory, { recursive: true });
      const status = await lstat(directory);
      // In a world-writable parent somebody else may have made it first.
      if (!status.isDirectory() || status.uid !== 0 || (status.mode & 0o022) !== 0) continue;
      await chmod(directory, 0o755);
      return directory;
    } catch {
      continue;
    }
  }
  throw new Error(
    'Found no directory that the PostgreSQL account can reach: run as a normal user, or set DATABASE_URL.',
  );
}
