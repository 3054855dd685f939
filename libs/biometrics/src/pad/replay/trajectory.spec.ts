import { createHash } from 'node:crypto';
import { type LivenessFrame } from '../frames.js';
import { look, SURFACES, type View } from '../testing/scene.js';
import { mostAlike } from './most-alike.js';
import { createTrajectoryHasher, TRAJECTORY_KEY_BYTES, trajectoryDistance } from './trajectory.js';

const keyOf = (seed: string): Uint8Array =>
  createHash('shake256', { outputLength: TRAJECTORY_KEY_BYTES }).update(seed).digest();
const hasher = createTrajectoryHasher(keyOf('one'));

/** A turn, a nod and back; nobody holds still in between. */
const VIEWS: readonly View[] = [
  { yaw: 0, pitch: 1, x: 0, distanceMm: 500 },
  { yaw: 14, pitch: 2, x: 6, distanceMm: 498 },
  { yaw: 25, pitch: 0, x: 11, distanceMm: 503 },
  { yaw: 9, pitch: -1, x: 3, distanceMm: 506 },
  { yaw: 1, pitch: 8, x: -2, distanceMm: 499 },
  { yaw: -2, pitch: 15, x: -4, distanceMm: 494 },
  { yaw: 1, pitch: 5, x: -3, distanceMm: 501 },
  { yaw: 0, pitch: 0, x: 2, distanceMm: 497 },
];
const performed = (views: readonly View[]): LivenessFrame[] =>
  views.map((view, index) => look(SURFACES.head, { ...view, index, textured: false }));
const frames = performed(VIEWS);
const hashOf = (list: readonly LivenessFrame[]): Uint8Array => {
  const hash = hasher.hash(list);
  if (!hash) throw new Error('nothing moved');
  return hash;
};
const original = hashOf(frames);
const distanceTo = (list: readonly LivenessFrame[]): number | null =>
  trajectoryDistance(hashOf(list), original);

/** Landmarks as another look at a turned, enlarged and shifted picture finds them: within a noise of about a pixel. */
function seenAgain(list: readonly LivenessFrame[], { degrees = 0, zoom = 1, noise = 0 }): LivenessFrame[] {
  const turn = (degrees * Math.PI) / 180;
  return list.map((frame) => ({
    ...frame,
    pose: { ...frame.pose, roll: frame.pose.roll + turn, yaw: frame.pose.yaw + 0.02 * Math.sin(frame.index) },
    landmarks: frame.landmarks.map((value, i, all) => {
      if (i % 3 === 2) return zoom * value;
      const [x, y] = i % 3 === 0 ? [value, all[i + 1] ?? 0] : [all[i - 1] ?? 0, value];
      const turned =
        i % 3 === 0 ? Math.cos(turn) * x - Math.sin(turn) * y : Math.sin(turn) * x + Math.cos(turn) * y;
      return zoom * turned + 17 + noise * Math.sin(37 * i + 11 * frame.index);
    }),
  }));
}

describe('trajectory hashes', () => {
  it('recognise a performance in a picture that was turned, enlarged and shifted as a whole', () => {
    expect(distanceTo(seenAgain(frames, { degrees: 2, zoom: 1.3, noise: 0.7 }))).toBeLessThan(0.2);
  });

  it('tell the same challenge performed once more from it', () => {
    const again = VIEWS.map((view, i) => ({
      ...view,
      yaw: 1.15 * (view.yaw ?? 0) + 2 * Math.sin(5 * i),
      pitch: (view.pitch ?? 0) + 2 * Math.cos(7 * i),
      x: (view.x ?? 0) + 5 * Math.sin(3 * i),
    }));
    expect(distanceTo(performed(again))).toBeGreaterThan(0.25);
  });

  it('tell another order from it', () => {
    expect(distanceTo(performed([...VIEWS].reverse()))).toBeGreaterThan(0.3);
  });

  it('do without a frame that was not usable', () => {
    for (const missing of [0, 2, 5])
      expect(distanceTo(frames.filter(({ index }) => index !== missing))).toBe(0);
  });

  it('are not compared where captures have fewer than five usable frames in common', () => {
    const [first, last] = [frames.slice(0, 6), frames.slice(2)];
    expect(trajectoryDistance(hashOf(first), hashOf(last))).toBeNull();
    expect(trajectoryDistance(hashOf(frames.slice(0, 7)), hashOf(frames.slice(1)))).toBe(0);
  });

  it('do not exist where too little moved, too few frames were usable or one cannot be measured', () => {
    expect(hasher.hash(performed(VIEWS.map(() => ({ yaw: 3 }))))).toBeNull();
    expect(hasher.hash(frames.slice(0, 4))).toBeNull();
    expect(hasher.hash([])).toBeNull();
    const unseen = frames.map((frame) => ({ ...frame, pose: { ...frame.pose, yaw: NaN } }));
    expect(hasher.hash(unseen)).toBeNull();
  });

  it('mean nothing under another key, and need a whole one', () => {
    const other = createTrajectoryHasher(keyOf('another')).hash(frames) as Uint8Array;
    expect(trajectoryDistance(other, original)).toBeGreaterThan(0.35);
    expect(() => createTrajectoryHasher(new Uint8Array(32))).toThrow(RangeError);
  });

  it('of unequal length are refused', () => {
    expect(() => trajectoryDistance(original, original.subarray(1))).toThrow(RangeError);
  });
});

describe('what earlier captures say', () => {
  const traces = { projections: [], trajectory: original };
  const other = { projections: [], trajectory: hashOf(performed([...VIEWS].reverse())) };

  it('is the least distance among them', () => {
    expect(mostAlike(traces, [other, traces], 24).trajectoryDistance).toBe(0);
    expect(mostAlike(traces, [other], 24).trajectoryDistance).toBeGreaterThan(0.3);
  });

  it('is nothing where there is none to compare with, which is not the same as nothing measured', () => {
    const still = { projections: [], trajectory: null };
    expect(mostAlike(traces, [], 24)).toEqual({ nearDuplicates: 0, trajectoryDistance: 1 });
    expect(mostAlike(traces, [still], 24).trajectoryDistance).toBe(1);
    expect(mostAlike(still, [traces], 24).trajectoryDistance).toBe(1);
  });
});
