import { execFile } from 'node:child_process';
import { lstat } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ACCOUNT = 'postgres';

/** The operating-system account a server runs as when the caller is root, which PostgreSQL refuses. */
export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The account the server runs as: undefined for a normal user (it is the user's own); for root the owner of an existing
 * cluster, else the system account `postgres`, which is created when missing.
 *
 * @throws Error when root may not create the account
 */
export async function serverAccount(cluster: string | undefined): Promise<ServerAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = cluster ? await lstat(cluster).catch(() => undefined) : undefined;
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return (await lookUp()) ?? (await create());
}

/** Whether the account may pass each directory and run each file; the kernel is asked, so access lists count too. */
export async function canReach(account: ServerAccount, paths: readonly string[]): Promise<boolean> {
  const script = 'for path in "$@"; do test -x "$path" || exit 1; done';
  return run('/bin/sh', ['-c', script, 'sh', ...paths], { ...account, cwd: '/' }).then(
    () => true,
    () => false,
  );
}

async function lookUp(): Promise<ServerAccount | undefined> {
  try {
    const [uid, gid] = await Promise.all(
      ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, ACCOUNT])).stdout)),
    );
    return uid && gid ? { uid, gid } : undefined;
  } catch {
    return undefined;
  }
}

async function create(): Promise<ServerAccount> {
  const flags = [
    '--system',
    '--user-group',
    '--no-create-home',
    '--home-dir',
    '/nonexistent',
    '--shell',
    '/usr/sbin/nologin',
  ];
  const failure = await run('useradd', [...flags, ACCOUNT]).then(
    () => undefined,
    (error: unknown) => error,
  );
  const account = await lookUp();
  if (account) return account;
  throw new Error(
    `PostgreSQL refuses to run as root and the account "${ACCOUNT}" could not be created: ` +
      'run as a normal user, create the account, or set DATABASE_URL.',
    { cause: failure },
  );
}
