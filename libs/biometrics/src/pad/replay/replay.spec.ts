import { createHash } from 'node:crypto';
import { type LivenessFrame } from '../frames.js';
import { look, SURFACES } from '../testing/scene.js';
import { countNearDuplicates, hammingDistance } from './near-duplicates.js';
import { createProjector, type Projection, PROJECTION_BITS, PROJECTION_KEY_BYTES } from './projection.js';

const keyOf = (seed: string): Uint8Array =>
  createHash('shake256', { outputLength: PROJECTION_KEY_BYTES }).update(seed).digest();

describe('projections', () => {
  const projector = createProjector(keyOf('one'));
  const frames = [0, 8, -10, 16].map((yaw, index) => look(SURFACES.head, { yaw, index, seed: index }));
  const project = (list: readonly LivenessFrame[]): Projection[] =>
    list.map((frame) => projector.project(frame));
  const [first, second] = frames as [LivenessFrame, LivenessFrame];
  const recorded = project(frames);

  it('hardly change with noise and light', () => {
    const { gray } = look(SURFACES.head, { seed: 99, noise: 4 });
    const again = { ...first, gray: { ...gray, data: gray.data.map((value) => 0.8 * value + 10) } };
    expect(hammingDistance(projector.project(again), projector.project(first))).toBeLessThan(16);
  });

  it('differ between poses', () => {
    expect(hammingDistance(projector.project(second), projector.project(first))).toBeGreaterThan(30);
  });

  it('need a whole key', () => {
    expect(() => createProjector(new Uint8Array(32))).toThrow(RangeError);
  });

  it('mean nothing under another key', () => {
    const other = createProjector(keyOf('another')).project(first);
    const distance = hammingDistance(other, projector.project(first));
    expect(Math.abs(distance - PROJECTION_BITS / 2)).toBeLessThan(48);
  });

  it('of a recording come again in order', () => {
    const replayed = project(frames.map((frame) => ({ ...frame, gray: requantised(frame.gray) })));
    expect(countNearDuplicates(recorded, replayed, 16)).toBe(4);
    expect(countNearDuplicates(recorded, [...replayed].reverse(), 16)).toBe(1);
    expect(countNearDuplicates(recorded, replayed.slice(1, 3), 16)).toBe(2);
    expect(countNearDuplicates(recorded, [], 16)).toBe(0);
  });

  it('of unequal length are refused', () => {
    expect(() => hammingDistance(new Uint8Array(32), new Uint8Array(8))).toThrow(RangeError);
  });
});

function requantised(gray: LivenessFrame['gray']): LivenessFrame['gray'] {
  return { ...gray, data: gray.data.map((value) => 8 * Math.round(value / 8)) };
}
