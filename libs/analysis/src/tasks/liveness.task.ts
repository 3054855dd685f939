import { createHash } from 'node:crypto';
import {
  type Action,
  createProjector,
  grayOf,
  type LivenessFrame,
  measureLiveness,
  PROJECTION_KEY_BYTES,
} from '#biometrics';
import { decodeMatching } from './decode-matching.js';
import { type CaptureFrame, type LivenessResult } from './results.js';
import { timed } from './timed.js';

/** Decodes the frames one after the other, since only their grey pictures are kept, and measures signs of life. */
export async function livenessTask(
  frames: readonly CaptureFrame[],
  frameCount: number,
  actions: readonly Action[],
  projectionSeed: Uint8Array,
): Promise<LivenessResult> {
  const [prepared, decode] = await timed(async () => {
    const list: LivenessFrame[] = [];
    for (const frame of frames) list.push(await prepare(frame));
    return list;
  });
  const [result, signals] = await timed(() => measureLiveness({ frameCount, frames: prepared }, actions));
  const projector = createProjector(expand(projectionSeed));
  const projections = prepared.map((frame) => projector.project(frame));
  return { signals: result, projections, timingsMs: { decode, signals } };
}

/** SHAKE256 (FIPS 202) as an expander: without the seed no bit of the key can be told from chance. */
function expand(seed: Uint8Array): Uint8Array {
  return createHash('shake256', { outputLength: PROJECTION_KEY_BYTES }).update(seed).digest();
}

async function prepare(frame: CaptureFrame): Promise<LivenessFrame> {
  const { width, height, data } = await decodeMatching(frame);
  const { index, landmarks, pose, tMs } = frame;
  return { index, landmarks, pose, tMs, gray: grayOf(width, height, data) };
}
