import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exclusively } from './lock.mjs';
import { runQuietly } from './processes.mjs';
import { fail, root, say } from './project.mjs';

const SOURCES = ['apps', 'libs', 'migrations'];
const SETTINGS = ['.swcrc', 'package.json', 'bin/support/build.mjs'];
/** Of the client's package, not of the product: what packs it, and what it is packed from. */
const PACKAGING = ['libs/client/*.json', 'libs/client/dist/**'];
const dist = join(root, 'dist');
const stamp = join(dist, '.sources.sha256');

/** Whether dist was built from exactly the sources that are there now. */
export async function isBuilt() {
  const built = await readFile(stamp, 'utf8').catch(() => undefined);
  return built !== undefined && built === (await fingerprint());
}

/** Builds when a source was added, changed or deleted since; a failed build leaves the one before in place. */
export async function buildIfOld() {
  if (await isBuilt()) return;
  await exclusively(async () => {
    // Read before compiling: a source that changes meanwhile makes the next run build again.
    const sources = await fingerprint();
    if ((await readFile(stamp, 'utf8').catch(() => undefined)) === sources) return;
    say('building …');
    const work = await workDirectory();
    try {
      const fresh = join(work, 'dist');
      const present = SOURCES.filter((directory) => existsSync(join(root, directory)));
      const { code, output } = await runQuietly('swc', [
        ...present,
        ...['-d', fresh, '--copy-files', '--ignore', PACKAGING.join(',')],
      ]);
      if (code !== 0) fail(`${output}\nThe build failed.`);
      await writeFile(join(fresh, '.sources.sha256'), sources);
      await swapIn(fresh, join(work, 'old'));
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
}

/** SHA-256 over names and contents of everything that shapes the build. */
async function fingerprint() {
  const hash = createHash('sha256');
  for (const path of [...SETTINGS, ...(await sourceFiles())]) {
    const content = await readFile(join(root, path)).catch(() => Buffer.alloc(0));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

async function sourceFiles() {
  const listings = SOURCES.map(async (directory) => {
    const entries = await readdir(join(root, directory), { withFileTypes: true, recursive: true }).catch(
      () => [],
    );
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
  });
  const files = (await Promise.all(listings)).flat();
  return files.filter((path) => !path.endsWith('.spec.ts') && !path.startsWith('libs/client/dist/')).sort();
}

async function workDirectory() {
  const cache = join(root, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  return mkdtemp(join(cache, 'build-'));
}

async function swapIn(fresh, old) {
  try {
    await rename(dist, old).catch(ignoreMissing);
    await rename(fresh, dist);
  } catch (error) {
    // node_modules may be a mount of its own, across which nothing can be renamed.
    if (error.code !== 'EXDEV') throw error;
    await rm(dist, { recursive: true, force: true });
    await cp(fresh, dist, { recursive: true });
  }
}

function ignoreMissing(error) {
  if (error.code !== 'ENOENT') throw error;
}
