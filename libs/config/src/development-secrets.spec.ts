import { readFileSync, statSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { envKeyring } from '#crypto';
import { developmentSecrets, newTokenKeys } from './development-secrets.js';

let dataDir: string;
beforeEach(async () => (dataDir = await mkdtemp(join(tmpdir(), 'sb-secrets-'))));
afterEach(() => rm(dataDir, { recursive: true }));

const contents = (files: ReturnType<typeof developmentSecrets>): string[] =>
  Object.values(files).map((file) => readFileSync(file, 'utf8'));

it('are drawn once, usable, and readable by their owner only', () => {
  const files = developmentSecrets(dataDir);
  for (const file of Object.values(files)) expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(join(dataDir, 'secrets')).mode & 0o777).toBe(0o700);
  expect(() => envKeyring(readFileSync(files.keyring, 'utf8'))).not.toThrow();
  const first = contents(files);
  expect(contents(developmentSecrets(dataDir))).toEqual(first);
});

it('differ between two installations', async () => {
  const other = await mkdtemp(join(tmpdir(), 'sb-secrets-'));
  const [ours, theirs] = [contents(developmentSecrets(dataDir)), contents(developmentSecrets(other))];
  for (const [index, secret] of ours.entries()) expect(secret).not.toBe(theirs[index]);
  expect(newTokenKeys()).not.toBe(newTokenKeys());
  await rm(other, { recursive: true });
});

it('are the same for processes that start for the first time at once', async () => {
  const built = join(
    import.meta.dirname,
    '..',
    '..',
    '..',
    'dist',
    'libs',
    'config',
    'src',
    'development-secrets.js',
  );
  const script = `
    const { parentPort, workerData } = require('node:worker_threads');
    import(workerData.built).then(({ developmentSecrets }) => {
      parentPort.postMessage('ready');
      parentPort.once('message', () => {
        const { readFileSync } = require('node:fs');
        const files = developmentSecrets(workerData.dataDir);
        parentPort.postMessage(Object.values(files).map((file) => readFileSync(file, 'utf8')).join());
      });
    });`;
  const workers = Array.from(
    { length: 4 },
    () => new Worker(script, { eval: true, workerData: { built, dataDir } }),
  );
  const said = (worker: Worker): Promise<string> =>
    new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  await Promise.all(workers.map(said));
  const secrets = workers.map(said);
  for (const worker of workers) worker.postMessage('go');
  expect(new Set(await Promise.all(secrets)).size).toBe(1);
  await Promise.all(workers.map((worker) => worker.terminate()));
  expect((await readdir(join(dataDir, 'secrets'))).sort()).toEqual([
    'audit-keys.json',
    'keyring.json',
    'receipt-keys.json',
    'token-keys.json',
  ]);
});
