import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root, say } from './project.mjs';

const BEAT_MS = 2_000;
const STALE_MS = 20_000;
const directory = join(root, '.data');
const file = join(directory, 'prepare.lock');

/**
 * Runs `work` while no other runner installs or builds here. node_modules, and with it any library, may be missing, so the
 * lock is a file: its owner renews it, and a lock whose owner is dead or silent is taken over.
 */
export async function exclusively(work) {
  await acquire();
  const beat = setInterval(() => utimes(file, new Date(), new Date()).catch(() => undefined), BEAT_MS);
  const release = () => rm(file, { force: true });
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await release();
  }
}

async function acquire() {
  await mkdir(directory, { recursive: true });
  for (let waited = false; ;) {
    try {
      return await writeFile(file, String(process.pid), { flag: 'wx' });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = await abandonedBy();
    if (owner !== undefined) {
      await takeAway(owner);
      continue;
    }
    if (!waited) say('waiting for another run to finish installing or building …');
    waited = true;
    await sleep(200);
  }
}

/** The content of the lock if nobody holds it any more. */
async function abandonedBy() {
  try {
    const [owner, { mtimeMs }] = [await readFile(file, 'utf8'), await stat(file)];
    const silent = Date.now() - mtimeMs > STALE_MS;
    return silent || (owner !== '' && !isAlive(Number(owner))) ? owner : undefined;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Renaming is atomic: of several runners that saw the dead lock one gets it, and puts back a newer one it caught instead. */
async function takeAway(owner) {
  const caught = `${file}.${process.pid}`;
  try {
    await rename(file, caught);
    if ((await readFile(caught, 'utf8')) === owner) await rm(caught, { force: true });
    else await rename(caught, file);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
