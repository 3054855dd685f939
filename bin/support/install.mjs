import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { exclusively } from './lock.mjs';
import { runInForeground } from './processes.mjs';
import { fail, root, say } from './project.mjs';

const SETTLE_MS = 1_000;

/** Runs `npm ci` when node_modules is missing or holds other packages than package-lock.json asks for. */
export async function installIfMissing() {
  if (await isInstalled()) return;
  await exclusively(async () => {
    // A running "npm install" writes its two lock files one after the other.
    await sleep(SETTLE_MS);
    if (await isInstalled()) return;
    say('installing packages (npm ci) …');
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const code = await runInForeground(npm, ['ci', '--include=dev', '--no-audit', '--no-fund'], {
      channel: false,
    });
    if (code !== 0) fail(`npm ci failed (exit code ${code}).`);
  });
}

/**
 * npm records what it installed in a lock file of its own, written last, so an interrupted installation counts as missing.
 * Contents are compared, because a checkout changes the times of files that are the same.
 */
async function isInstalled() {
  const [wanted, present] = await Promise.all(
    ['package-lock.json', 'node_modules/.package-lock.json'].map((path) =>
      readFile(join(root, path), 'utf8').then(JSON.parse, () => undefined),
    ),
  );
  if (!wanted) fail('package-lock.json is missing or damaged.');
  if (!present) return false;
  return Object.entries(wanted.packages).every(
    ([path, { version, integrity, optional, devOptional, peer, link }]) => {
      const installed = present.packages[path];
      if (path === '' || link || (!installed && (optional || devOptional || peer))) return true;
      return installed?.version === version && installed.integrity === integrity;
    },
  );
}
