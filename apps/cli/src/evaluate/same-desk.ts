import { createHash } from 'node:crypto';
import {
  createProjector,
  createTrajectoryHasher,
  DEFAULT_PAD_THRESHOLDS,
  estimatePose,
  grayOf,
  type LivenessFrame,
  mostAlike,
  PROJECTION_KEY_BYTES,
  type Traces,
  TRAJECTORY_KEY_BYTES,
} from '#biometrics';
import { Random, renderLive, simulatedChallenge, type Subject } from '#simulator';
import { quantile } from './rate.js';

const CHALLENGE_LENGTH = 3;

export interface SameDeskReport {
  readonly synthetic: true;
  readonly captures: number;
  /** Genuine captures that would have been called a replay of an earlier one. */
  readonly calledReplay: number;
  /** How many captures had so many frames in order with the earlier one most like them: by number of frames, from 0. */
  readonly alikeFrames: readonly number[];
  readonly replayedFrames: number;
  /** Distance to the earlier capture that moved most alike: the least, the quantile of 1 % and the median. */
  readonly trajectoryDistance: {
    readonly least: number | null;
    readonly p1: number | null;
    readonly p50: number | null;
  };
  readonly minTrajectoryDistance: number;
}

export interface SameDeskOptions {
  readonly captures: number;
  readonly seed: number;
  /** As in `CaptureOptions`. */
  readonly resolution: number;
  readonly log: (line: string) => void;
}

/**
 * One person who verifies again and again before one camera, in one room and light, with a new challenge each time: is any capture
 * taken for an earlier one? Landmarks are those of the rendered head, steadier than any network's, so captures look more alike.
 */
export async function sameDesk(
  subject: Subject,
  { captures, seed, resolution, log }: SameDeskOptions,
): Promise<SameDeskReport> {
  const projector = createProjector(keyOf('projections', PROJECTION_KEY_BYTES));
  const hasher = createTrajectoryHasher(keyOf('trajectories', TRAJECTORY_KEY_BYTES));
  const { nearDuplicateBits, replayedFrames, minTrajectoryDistance } = DEFAULT_PAD_THRESHOLDS;
  const earlier: Traces[] = [];
  const alikeFrames: number[] = [];
  const distances: number[] = [];
  let calledReplay = 0;
  for (let i = 0; i < captures; i++) {
    const options = {
      challenge: simulatedChallenge(CHALLENGE_LENGTH, seed + i),
      seed: seed + i,
      desk: seed,
      resolution,
    };
    const frames = (await renderLive(subject, options, new Random(seed + i, 'live'))).map(prepared);
    const traces = {
      projections: frames.map((frame) => projector.project(frame)),
      trajectory: hasher.hash(frames),
    };
    const { nearDuplicates, trajectoryDistance } = mostAlike(traces, earlier, nearDuplicateBits);
    if (trajectoryDistance === null) throw new Error('A performed challenge has a trajectory');
    alikeFrames[nearDuplicates] = (alikeFrames[nearDuplicates] ?? 0) + 1;
    distances.push(trajectoryDistance);
    if (nearDuplicates >= replayedFrames || trajectoryDistance < minTrajectoryDistance) calledReplay++;
    earlier.push(traces);
    if ((i + 1) % 25 === 0) log(`${i + 1} of ${captures} captures`);
  }
  return {
    synthetic: true,
    captures,
    calledReplay,
    alikeFrames: Array.from(alikeFrames, (count) => count ?? 0),
    replayedFrames,
    trajectoryDistance: {
      least: quantile(distances, 0),
      p1: quantile(distances, 0.01),
      p50: quantile(distances, 0.5),
    },
    minTrajectoryDistance,
  };
}

const keyOf = (name: string, outputLength: number): Uint8Array =>
  createHash('shake256', { outputLength }).update(`same desk/${name}`).digest();

function prepared(
  {
    picture: { width, height, data },
    landmarks = new Float32Array(),
  }: Awaited<ReturnType<typeof renderLive>>[number],
  index: number,
): Pick<LivenessFrame, 'index' | 'gray' | 'landmarks' | 'pose'> {
  return { index, landmarks, pose: estimatePose(landmarks), gray: grayOf(width, height, data) };
}
