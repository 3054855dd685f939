import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';
import sharp from 'sharp';

/** The parts of `@vladmandic/human` that the comparison uses; it comes as a development dependency. */
interface Human {
  readonly tf: {
    tensor(data: Uint8Array, shape: [number, number, number, number], dtype: 'int32'): { dispose(): void };
    ready(): Promise<void>;
  };
  load(): Promise<void>;
  detect(input: unknown): Promise<{ face: unknown[] }>;
}

const require = createRequire(import.meta.url);

/**
 * Child process of the comparison: loads the face modules of `@vladmandic/human` on one WASM thread and answers every list of encoded frames
 * with the milliseconds it took, decoding included.
 */
async function main(): Promise<void> {
  // The package exports its default build only; the WASM one lies beside it.
  const entry = join(dirname(require.resolve('@vladmandic/human')), 'human.node-wasm.js');
  const wasm = dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));
  const { Human: create } = require(entry) as { Human: new (config: object) => Human };
  const human = new create({
    backend: 'wasm',
    wasmPath: `${wasm}/`,
    wasmPlatformFetch: false,
    modelBasePath: await serve(join(dirname(entry), '..', 'models')),
    debug: false,
    cacheSensitivity: 0,
    filter: { enabled: false },
    face: {
      enabled: true,
      detector: { maxDetected: 2 },
      mesh: { enabled: true },
      iris: { enabled: true },
      description: { enabled: true },
      antispoof: { enabled: true },
      liveness: { enabled: true },
      emotion: { enabled: false },
    },
    body: { enabled: false },
    hand: { enabled: false },
    object: { enabled: false },
    gesture: { enabled: false },
  });
  await human.tf.ready();
  await human.load();
  process.on('message', (frames: string[]) => {
    void time(human, frames).then((answer) => process.send?.(answer));
  });
  process.send?.('ready');
}

/** Its WASM build loads models over HTTP only. */
async function serve(folder: string): Promise<string> {
  const server = createServer((request, response) => {
    readFile(join(folder, basename(request.url ?? ''))).then(
      (content) => response.end(content),
      () => response.writeHead(404).end(),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function time(human: Human, frames: readonly string[]): Promise<{ ms: number; faces: number }> {
  const began = performance.now();
  let faces = 0;
  for (const frame of frames) {
    const { data, info } = await sharp(Buffer.from(frame, 'base64'))
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const tensor = human.tf.tensor(data, [1, info.height, info.width, 3], 'int32');
    faces += (await human.detect(tensor)).face.length;
    tensor.dispose();
  }
  return { ms: performance.now() - began, faces };
}

await main();
