import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'secure-biometric-demo-';

/** Settings that would make a demonstration touch a real installation. */
const REAL =
  /^(DATABASE_.*|REDIS_URL|KEYRING.*|TOKEN_KEYS.*|RECEIPT_KEYS.*|AUDIT_.*|BLOB_DIR|PUBLIC_URL|NODE_ENV|PORT|HOST|WORKER_STAGES)$/;

/** The environment of a stack of its own in `dataDir`, on a free port, whatever installation the caller's environment names. */
export function ephemeralEnvironment(dataDir: string, modelsDir: string): NodeJS.ProcessEnv {
  const harmless = Object.fromEntries(Object.entries(process.env).filter(([key]) => !REAL.test(key)));
  return { ...harmless, DATA_DIR: dataDir, MODELS_DIR: modelsDir, PORT: '0', LOG_LEVEL: 'warn' };
}

/** A folder of this process only; what earlier processes left behind when they were killed is removed first. */
export async function ephemeralFolder(): Promise<string> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(name.match(/^secure-biometric-demo-(\d+)-/)?.[1]);
    if (pid && !isAlive(pid)) await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
  return mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
