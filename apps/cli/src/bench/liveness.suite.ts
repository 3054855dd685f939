import { randomBytes } from 'node:crypto';
import {
  createProjector,
  createTrajectoryHasher,
  grayOf,
  type LivenessFrame,
  measureCues,
  measureGamut,
  measureLiveness,
  PROJECTION_KEY_BYTES,
  type RgbImage,
  sampleColours,
  TRAJECTORY_KEY_BYTES,
} from '#biometrics';
import { type ExtractionResult, Extractor, InferenceEngine, InferencePool } from '#inference';
import { decodeFrame } from '#pictures';
import { simulatedChallenge, simulatedFlash, simulateLive } from '#simulator';
import { castOf } from '../simulation/cast.js';
import { type BenchReport, quotient, report, summarise } from './report.js';

const WARM_UP = 2;
const CHALLENGE_LENGTH = 3;
const DEADLINE_MS = 60_000;

/**
 * Processor time of everything liveness measures (grey pictures, colours, signals, risk cues, projections) against that of extraction (faces,
 * landmarks, templates) on the same captures with a flash, in one process. Both decode the frames; decoding counts for neither.
 */
export async function livenessSuite(modelsDir: string, captures: number): Promise<BenchReport> {
  const pool = await InferencePool.start({ modelsDir, threads: 1, maxQueue: 1 });
  const cast = await castOf(pool, DEADLINE_MS).finally(() => pool.close());
  const engine = await InferenceEngine.start({ modelsDir, backend: 'wasm' });
  try {
    const extractor = new Extractor(engine.networks);
    const projector = createProjector(randomBytes(PROJECTION_KEY_BYTES));
    const hasher = createTrajectoryHasher(randomBytes(TRAJECTORY_KEY_BYTES));
    const [extraction, signals, cues]: [number[], number[], number[]] = [[], [], []];
    for (let run = 0; run < WARM_UP + captures; run++) {
      const subject = cast[run % cast.length]?.subject;
      if (!subject) throw new Error('There is nobody to simulate');
      const challenge = simulatedChallenge(CHALLENGE_LENGTH, run);
      const capture = await simulateLive(subject, { challenge, flash: simulatedFlash(run), seed: run });
      const encoded = capture.frames.map(({ jpeg }) => jpeg);
      const [pictures, decode] = await cpuOf(() => Promise.all(encoded.map((jpeg) => decodeFrame(jpeg))));
      const [found, extract] = await cpuOf(() => extractor.extract(encoded));
      const [frames, measure] = await cpuOf(() => {
        const frames = prepare(found, pictures);
        frames.forEach((frame) => projector.project(frame));
        hasher.hash(frames);
        measureLiveness({ frameCount: encoded.length, frames }, challenge, capture.flash);
        return frames;
      });
      const [, again] = await cpuOf(() => cuesAlone(frames, pictures));
      if (run < WARM_UP) continue;
      extraction.push(extract - decode);
      signals.push(measure);
      cues.push(again);
    }
    return report(
      'liveness',
      [
        summarise('extraction, CPU', 'ms', extraction),
        summarise('liveness signals, CPU', 'ms', signals),
        summarise('risk cues among them, CPU', 'ms', cues),
      ],
      [
        quotient('CPU of liveness signals / extraction', signals, extraction),
        quotient('CPU of risk cues / extraction', cues, extraction),
      ],
    );
  } finally {
    engine.dispose();
  }
}

function prepare({ frames }: ExtractionResult, pictures: readonly (RgbImage | null)[]): LivenessFrame[] {
  return frames.flatMap(({ index, landmarks, pose }) => {
    const picture = pictures[index];
    if (!picture || !landmarks || !pose) return [];
    const { width, height, data } = picture;
    const colours = sampleColours(picture, landmarks);
    return [
      {
        index,
        landmarks,
        pose,
        tMs: 0,
        gray: grayOf(width, height, data),
        gamut: measureGamut(picture, landmarks),
        colours,
      },
    ];
  });
}

/** What of the measuring is for risk cues, once more by itself. */
function cuesAlone(frames: readonly LivenessFrame[], pictures: readonly (RgbImage | null)[]): void {
  for (const { index, landmarks } of frames) measureGamut(pictures[index] as RgbImage, landmarks);
  measureCues(frames);
}

/** Does `work` and says how many milliseconds of processor time the process spent on it. */
async function cpuOf<T>(work: () => T | Promise<T>): Promise<readonly [result: T, ms: number]> {
  const began = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(began);
  return [result, (user + system) / 1_000];
}
