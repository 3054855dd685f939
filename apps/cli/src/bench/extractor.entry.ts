import { Extractor, InferenceEngine } from '#inference';

/** Child process of the comparison: our own extraction on one WASM thread, answering like its counterpart. */
async function main(): Promise<void> {
  const engine = await InferenceEngine.start({
    modelsDir: process.env['MODELS_DIR'] as string,
    backend: 'wasm',
  });
  const extractor = new Extractor(engine.networks);
  process.on('message', (frames: string[]) => {
    const began = performance.now();
    void extractor.extract(frames.map((frame) => Buffer.from(frame, 'base64'))).then(({ frames: found }) =>
      process.send?.({
        ms: performance.now() - began,
        faces: found.filter(({ status }) => status === 'ok').length,
      }),
    );
  });
  process.send?.('ready');
}

await main();
