import { createHash } from 'node:crypto';
import {
  countNearDuplicates,
  createProjector,
  DEFAULT_PAD_THRESHOLDS,
  grayOf,
  type Projection,
  PROJECTION_KEY_BYTES,
} from '#biometrics';
import { Random, renderLive, simulatedChallenge, type Subject } from '#simulator';

const CHALLENGE_LENGTH = 3;

export interface SameDeskReport {
  readonly synthetic: true;
  readonly captures: number;
  /** Genuine captures that would have been called a replay of an earlier one. */
  readonly calledReplay: number;
  /** How many captures had so many frames in order with the earlier one most like them: by number of frames, from 0. */
  readonly alikeFrames: readonly number[];
  readonly replayedFrames: number;
}

/**
 * One person who verifies again and again before one camera, in one room and light, with a new challenge each time: is any capture
 * taken for an earlier one? Landmarks are those of the rendered head, steadier than any network's, so frames look more alike.
 */
export async function sameDesk(
  subject: Subject,
  {
    captures,
    seed,
    log,
  }: { readonly captures: number; readonly seed: number; readonly log: (line: string) => void },
): Promise<SameDeskReport> {
  const key = createHash('shake256', { outputLength: PROJECTION_KEY_BYTES }).update('same desk').digest();
  const projector = createProjector(key);
  const { nearDuplicateBits, replayedFrames } = DEFAULT_PAD_THRESHOLDS;
  const earlier: (readonly Projection[])[] = [];
  const alikeFrames: number[] = [];
  for (let i = 0; i < captures; i++) {
    const challenge = simulatedChallenge(CHALLENGE_LENGTH, seed + i);
    const frames = await renderLive(
      subject,
      { challenge, seed: seed + i, desk: seed },
      new Random(seed + i, 'live'),
    );
    const projections = frames.map(({ picture: { width, height, data }, landmarks = new Float32Array() }) =>
      projector.project({ gray: grayOf(width, height, data), landmarks }),
    );
    const most = Math.max(
      0,
      ...earlier.map((other) => countNearDuplicates(other, projections, nearDuplicateBits)),
    );
    alikeFrames[most] = (alikeFrames[most] ?? 0) + 1;
    earlier.push(projections);
    if ((i + 1) % 25 === 0) log(`${i + 1} of ${captures} captures`);
  }
  const counts = Array.from(alikeFrames, (count) => count ?? 0);
  return {
    synthetic: true,
    captures,
    alikeFrames: counts,
    calledReplay: counts.slice(replayedFrames).reduce((sum, count) => sum + count, 0),
    replayedFrames,
  };
}
