import { createHash } from 'node:crypto';
import {
  type Action,
  createProjector,
  createTrajectoryHasher,
  grayOf,
  type LivenessFrame,
  measureGamut,
  measureLiveness,
  PROJECTION_KEY_BYTES,
  sampleColours,
  TRAJECTORY_KEY_BYTES,
} from '#biometrics';
import { decodeMatching } from './decode-matching.js';
import { type CaptureFrame, type LivenessResult } from './results.js';
import { timed } from './timed.js';

export interface LivenessOrder {
  readonly frames: readonly CaptureFrame[];
  /** All frames submitted, usable or not. */
  readonly frameCount: number;
  readonly actions: readonly Action[];
  /** What the screen showed at each of all frames; `null` without a flash. */
  readonly colours: readonly string[] | null;
  /** 32 secret bytes. */
  readonly projectionSeed: Uint8Array;
  /** 32 others. */
  readonly trajectorySeed: Uint8Array;
}

/** Decodes the frames one after the other, since only their grey pictures are kept, and measures signs of life. */
export async function livenessTask({
  frames,
  frameCount,
  actions,
  colours,
  projectionSeed,
  trajectorySeed,
}: LivenessOrder): Promise<LivenessResult> {
  const [prepared, decode] = await timed(async () => {
    const list: LivenessFrame[] = [];
    for (const frame of frames) list.push(await prepare(frame, colours !== null));
    return list;
  });
  const [result, signals] = await timed(() =>
    measureLiveness({ frameCount, frames: prepared }, actions, colours),
  );
  const projector = createProjector(expand(projectionSeed, PROJECTION_KEY_BYTES));
  const projections = prepared.map((frame) => projector.project(frame));
  const hasher = createTrajectoryHasher(expand(trajectorySeed, TRAJECTORY_KEY_BYTES));
  const trajectory = hasher.hash(prepared);
  return { signals: result, projections, trajectory, timingsMs: { decode, signals } };
}

/** SHAKE256 (FIPS 202) as an expander: without the seed no bit of the key can be told from chance. */
function expand(seed: Uint8Array, outputLength: number): Uint8Array {
  return createHash('shake256', { outputLength }).update(seed).digest();
}

async function prepare(frame: CaptureFrame, withColours: boolean): Promise<LivenessFrame> {
  const image = await decodeMatching(frame);
  const { index, landmarks, pose, tMs } = frame;
  const gray = grayOf(image.width, image.height, image.data);
  return {
    index,
    landmarks,
    pose,
    tMs,
    gray,
    gamut: measureGamut(image, landmarks),
    ...(withColours && { colours: sampleColours(image, landmarks) }),
  };
}
