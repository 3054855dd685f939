import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import sharp from 'sharp';
import { canonicalFace, estimatePose } from '#biometrics';
import type * as Analysis from '../index.js';

const built = join(import.meta.dirname, '../../../../dist/libs/analysis/src/index.js');
const [width, height] = [640, 480];

/** A face half a metre away, turned by `yaw` radians, before noise: enough to be decoded and measured. */
async function frameAt(index: number, yaw: number): Promise<Analysis.CaptureFrame> {
  const face = canonicalFace();
  const landmarks = new Float32Array(face.length);
  for (let i = 0; i < face.length; i += 3) {
    const [x = 0, y = 0, z = 0] = face.subarray(i, i + 3);
    const [u, w] = [Math.cos(yaw) * x - Math.sin(yaw) * z, Math.sin(yaw) * x + Math.cos(yaw) * z];
    landmarks.set([width / 2 + (520 * u) / (500 + w), height / 2 + (520 * y) / (500 + w), w], i);
  }
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * (7 + index)) % 251);
  const encoded = await sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg()
    .toBuffer();
  return { index, width, height, landmarks, pose: estimatePose(landmarks), encoded, tMs: 250 * index };
}

// Threads load the built output.
(existsSync(built) ? describe : describe.skip)('AnalysisPool (built output)', () => {
  let pool: Analysis.AnalysisPool;
  let frames: Analysis.CaptureFrame[];
  const call = { deadlineMs: 120_000 };

  beforeAll(async () => {
    const lib = (await import(built)) as typeof Analysis;
    pool = await lib.AnalysisPool.start({ threads: 1, maxQueue: 1 });
    frames = await Promise.all([0, 0.2, 0.4, 0.2, 0, -0.2, -0.4, -0.2].map((yaw, i) => frameAt(i, yaw)));
  });

  afterAll(() => pool.close());

  const failure = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => 'none',
      (error: Analysis.AnalysisPoolError) => error.failure,
    );

  it('measures depth, and draws only when asked', async () => {
    const { measured, bestFrame, artifacts } = await pool.depth(frames, { ...call, artifacts: true });
    expect(measured?.reliefRms).toBeGreaterThan(0.25);
    expect([0, 4]).toContain(bestFrame);
    expect(artifacts.map(({ name }) => name)).toEqual(['depth.png', 'overlay.png']);
    expect(await sharp(artifacts[1]?.bytes).metadata()).toMatchObject({ width, height });
    expect((await pool.depth(frames.slice(0, 2), { ...call, artifacts: false })).artifacts).toEqual([]);
  });

  it('fuses a mesh', async () => {
    const { mesh, artifacts } = await pool.mesh(frames, { ...call, artifacts: true });
    expect(mesh).toMatchObject({ frames: 8, scale: { assumed: true, interPupillaryMm: 63 } });
    expect(artifacts.map(({ name, bytes }) => [name, bytes.length > 10_000])).toEqual([
      ['mesh.glb', true],
      ['mesh.obj', true],
    ]);
  });

  it('measures signs of life', async () => {
    const { signals, projections } = await pool.liveness(frames, {
      ...call,
      frameCount: 8,
      actions: ['turn_left', 'turn_right'],
      colours: null,
      projectionSeed: new Uint8Array(32).fill(7),
      trajectorySeed: new Uint8Array(32).fill(8),
    });
    expect(projections.map(({ length }) => length)).toEqual(frames.map(() => 32));
    expect(signals.stillness).toBeGreaterThan(1);
    expect(signals.actions).toHaveLength(2);
  });

  it('refuses what does not belong together, and stays in service', async () => {
    const [first] = frames as [Analysis.CaptureFrame];
    const other = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const broken = [
      { ...first, encoded: Uint8Array.of(1, 2, 3) },
      { ...first, encoded: other },
      { ...first, landmarks: new Float32Array(9) },
    ];
    for (const frame of broken)
      expect(await failure(pool.mesh([frame], { ...call, artifacts: true }))).toBe('invalid_input');
    expect(await failure(pool.depth([], { ...call, artifacts: false }))).toBe('invalid_input');
    expect(await failure(pool.mesh(frames, { ...call, artifacts: false }))).toBe('none');
  });

  it('keeps the event loop free while it computes', async () => {
    const before = performance.eventLoopUtilization();
    const longest: number[] = [];
    // A stall of the machine comes once; what blocks the loop blocks it each time.
    for (let round = 0; round < 3; round++) {
      const delay = monitorEventLoopDelay({ resolution: 5 });
      delay.enable();
      await pool.depth(frames, { ...call, artifacts: true });
      delay.disable();
      longest.push(delay.max / 1e6);
    }
    expect(Math.min(...longest)).toBeLessThan(150);
    expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.5);
  });

  it('refuses at once what exceeds its queue, and fails calls at their deadline', async () => {
    const calls = [1, 2, 3].map(() => failure(pool.depth(frames, { ...call, artifacts: false })));
    expect(pool.load).toBe(2);
    expect(await Promise.all(calls)).toEqual(['none', 'none', 'queue_full']);
    expect(await failure(pool.depth(frames, { deadlineMs: 2, artifacts: true }))).toBe('deadline_exceeded');
    expect(await failure(pool.mesh(frames, { ...call, artifacts: false }))).toBe('none');
    expect(pool.load).toBe(0);
  });

  it('lets what runs finish when it closes, and takes nothing more', async () => {
    const running = failure(pool.mesh(frames, { ...call, artifacts: false }));
    const closing = pool.close();
    expect(await failure(pool.mesh(frames, { ...call, artifacts: false }))).toBe('closed');
    await closing;
    expect(await running).toBe('none');
  });
});
