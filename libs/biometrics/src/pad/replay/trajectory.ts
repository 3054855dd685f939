import { interOcularDistance, leftEyeCentre, rightEyeCentre } from '../../geometry/landmarks.js';
import { type LivenessFrame } from '../frames.js';
import { hammingDistance } from './near-duplicates.js';

/** As many frames as a capture can have; every pair of them has a byte of its own. */
const FRAMES = 12;
const PAIRS = (FRAMES * (FRAMES - 1)) / 2;

/** The lower bits of a byte are hashes; the highest one says that the head moved from one frame to the other. */
const BITS = 7;
const MOVED = 1 << BITS;

/**
 * What counts as one unit of each: yaw, pitch, roll (radians), place across and down (inter-ocular distances), logarithm of the size. A
 * strongly filtered picture shifts them by 0.4, 0.35, 0.4, 0.6, 0.4 and 0.4 units (standard deviation between the networks' landmarks before
 * and after); the same person performing the same challenge again differs by 0.9, 0.7, 0.85, 5.8, 4 and 0.8.
 */
const UNITS = [0.05, 0.05, 0.025, 0.015, 0.015, 0.035] as const;

/** Width of a bucket in units, and how far apart two frames are at least for their motion to say anything. */
const BUCKET = 7;
const LEAST_MOTION = 4;

/** Fewer than the pairs of five frames, 70 bits, say too little: among 500 captures one would agree by chance. */
const LEAST_PAIRS = 10;

/** Four bytes for every coefficient and every offset. */
export const TRAJECTORY_KEY_BYTES = 4 * PAIRS * BITS * (UNITS.length + 1);

/** A capture's trajectory hash: one byte for each pair of frames. */
export const TRAJECTORY_BYTES = PAIRS;
export type TrajectoryHash = Uint8Array;

type PosedFrame = Pick<LivenessFrame, 'index' | 'landmarks' | 'pose'>;

/** Hashes how heads move, under one secret key. */
export interface TrajectoryHasher {
  /**
   * @param frames the usable ones, by rising `index`
   * @returns `null` when the head moved between fewer than ten pairs of frames (five frames have ten): there is nothing to recognise
   */
  hash(frames: readonly PosedFrame[]): TrajectoryHash | null;
}

/**
 * Recognises a performance by how the head moved between every two frames: turns, place and size, which a filter over the pictures
 * does not change. Each motion falls into random buckets of equal width (p-stable locality-sensitive hashing, Datar et al. 2004) of which
 * only the parity is kept, so that motions within the noise of measuring agree in most bits and others in half. Pairs of frames instead of
 * the whole, because a frame that one of two captures lacks leaves the other pairs as they are. Without the key the bits tell
 * nothing about the motion.
 * @param key {@link TRAJECTORY_KEY_BYTES} secret bytes, expanded from a key that is used for nothing else.
 * @throws {RangeError} on a key of another length.
 */
export function createTrajectoryHasher(key: Uint8Array): TrajectoryHasher {
  if (key.length !== TRAJECTORY_KEY_BYTES)
    throw new RangeError(`the trajectory key has ${TRAJECTORY_KEY_BYTES} bytes`);
  const hashes = hashesOf(key);
  return {
    hash(frames) {
      const hash = new Uint8Array(TRAJECTORY_BYTES);
      const byIndex = new Map(frames.map((frame) => [frame.index, frame]));
      let moved = 0;
      for (let pair = 0, to = 1; to < FRAMES; to++) {
        for (let from = 0; from < to; from++, pair++) {
          const [start, end] = [byIndex.get(from), byIndex.get(to)];
          if (!start || !end) continue;
          const motion = motionBetween(start, end);
          if (!(Math.hypot(...motion) >= LEAST_MOTION)) continue;
          hash[pair] = MOVED | bucketsOf(motion, hashes[pair] as readonly Hash[]);
          moved++;
        }
      }
      return moved < LEAST_PAIRS ? null : hash;
    },
  };
}

/**
 * How differently two captures moved: the share of differing bits over the pairs of frames that moved in both, 0 (the same
 * motion) … about 0.5 (unrelated ones).
 * @returns `null` when fewer than ten pairs moved in both: not to be compared
 * @throws {RangeError} on hashes of unequal length
 */
export function trajectoryDistance(a: TrajectoryHash, b: TrajectoryHash): number | null {
  const inBoth = a.map((byte, i) => (byte & (b[i] ?? 0) & MOVED ? 0xff : 0));
  const pairs = inBoth.reduce((sum, mask) => sum + (mask & 1), 0);
  const masked = (hash: TrajectoryHash): Uint8Array => hash.map((byte, i) => byte & (inBoth[i] ?? 0xff));
  const bits = hammingDistance(masked(a), masked(b));
  return pairs < LEAST_PAIRS ? null : bits / (BITS * pairs);
}

/** How the head got from one frame to another, in units; from these two alone, so that no third frame has a say. */
function motionBetween(from: PosedFrame, to: PosedFrame): number[] {
  const [a, b] = [eyesOf(from), eyesOf(to)];
  const size = Math.sqrt(a.size * b.size);
  const [right, down] = [(b.x - a.x) / size, (b.y - a.y) / size];
  // Along the head's own axes, so that pictures turned as a whole show the same way.
  const tilt = (from.pose.roll + to.pose.roll) / 2;
  const [cos, sin] = [Math.cos(tilt), Math.sin(tilt)];
  return [
    to.pose.yaw - from.pose.yaw,
    to.pose.pitch - from.pose.pitch,
    to.pose.roll - from.pose.roll,
    cos * right + sin * down,
    cos * down - sin * right,
    Math.log(b.size / a.size),
  ].map((value, i) => value / (UNITS[i] as number));
}

function eyesOf({ landmarks }: PosedFrame): { x: number; y: number; size: number } {
  const [right, left] = [rightEyeCentre(landmarks), leftEyeCentre(landmarks)];
  const size = interOcularDistance(landmarks);
  return { x: (right.x + left.x) / 2, y: (right.y + left.y) / 2, size };
}

interface Hash {
  readonly direction: readonly number[];
  /** 0 … two buckets. */
  readonly offset: number;
}

function bucketsOf(motion: readonly number[], hashes: readonly Hash[]): number {
  return hashes.reduce((bits, { direction, offset }, bit) => {
    const along = motion.reduce((sum, value, i) => sum + value * (direction[i] as number), offset);
    return bits | ((Math.floor(along / BUCKET) & 1) << bit);
  }, 0);
}

/** Seven hashes for each pair: directions with normally distributed coefficients (Box and Muller 1958), offsets uniform. */
function hashesOf(key: Uint8Array): Hash[][] {
  const words = new DataView(key.buffer, key.byteOffset, key.byteLength);
  let at = 0;
  /** Uniform in (0, 1). */
  const uniform = (): number => (words.getUint32(4 * at++, true) + 0.5) / 2 ** 32;
  const normals = (): [number, number] => {
    const [radius, angle] = [Math.sqrt(-2 * Math.log(uniform())), 2 * Math.PI * uniform()];
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  };
  return Array.from({ length: PAIRS }, () =>
    Array.from({ length: BITS }, () => ({
      direction: [...normals(), ...normals(), ...normals()],
      offset: 2 * BUCKET * uniform(),
    })),
  );
}
