import { type LandmarkFrame } from '../geometry/landmark-frame.js';
import { interOcularDistance } from '../geometry/landmarks.js';
import { pointAt } from '../mesh/align-shape.js';
import { type Presented, syntheticHead, syntheticTracks } from '../testing/synthetic-head.js';
import { faceBox } from './face-box.js';
import { type ParallaxReconstruction, reconstructParallax } from './parallax/reconstruct.js';
import { priorDepth } from './prior-depth.js';

function reconstruct(presented: Presented, seed: number, yaw = 25): ParallaxReconstruction {
  const result = reconstructParallax(syntheticTracks(syntheticHead(seed), seed, { presented, yaw }));
  if (!result) throw new Error('nothing was measured');
  return result;
}

describe('reconstructParallax', () => {
  const seeds = [1, 2, 3, 4, 5, 6];

  it('tells a head from photographs of it, flat or bent, however far they are turned', () => {
    const reliefs = (presented: Presented, yaw?: number): number[] =>
      seeds.map((seed) => reconstruct(presented, seed, yaw).reliefRms);
    const head = Math.min(...reliefs('head'));
    expect(head).toBeGreaterThan(0.28);
    expect(Math.max(...reliefs('print'), ...reliefs('print', 55))).toBeLessThan(0.06);
    expect(Math.max(...reliefs('bent_print', 40))).toBeLessThan(0.75 * head);
  });

  it('measures the relief there is', () => {
    for (const seed of seeds) {
      const { points, residualRms, planeResidualRms, turn, frames } = reconstruct('head', seed);
      const head = syntheticHead(seed);
      const depthBetween = (a: number, b: number): number => {
        const z = (index: number): number =>
          points.find((point) => point.index === index)?.position[2] ?? NaN;
        return z(a) - z(b);
      };
      // Nose tip against the root of the nose, and cheeks against it, relative to a plane common to both.
      const truth = (pointAt(head, 234)[2] + pointAt(head, 454)[2]) / 2 - pointAt(head, 4)[2];
      const measured = (depthBetween(234, 4) + depthBetween(454, 4)) / 2;
      expect(measured / (truth / 63)).toBeGreaterThan(0.7);
      expect(measured / (truth / 63)).toBeLessThan(1.3);
      expect(residualRms).toBeLessThan(0.035);
      expect(planeResidualRms).toBeGreaterThan(1.8 * residualRms);
      expect(turn).toBeGreaterThan(0.6);
      expect(frames).toBe(8);
    }
  });

  it('has no evidence of relief in a still', () => {
    const { residualRms, planeResidualRms } = reconstruct('still', 2);
    expect(planeResidualRms / residualRms).toBeLessThan(1.2);
  });

  it('measures nothing in two frames, and refuses landmarks that are not finite', () => {
    const tracks = syntheticTracks(syntheticHead(1), 1);
    expect(reconstructParallax(tracks.slice(0, 2))).toBeNull();
    const broken = tracks.map((frame) => ({ ...frame, landmarks: frame.landmarks.map(() => NaN) }));
    expect(() => reconstructParallax(broken)).toThrow(RangeError);
    const empty = tracks.map((frame) => ({ ...frame, landmarks: new Float32Array(1434) }));
    expect(() => reconstructParallax(empty)).toThrow(RangeError);
  });
});

describe('priorDepth', () => {
  const [frame] = syntheticTracks(syntheticHead(5), 5, { frames: 1, noise: 0, yaw: 0 }) as [LandmarkFrame];

  it('covers the face only, nearest at the nose, in millimetres', () => {
    const map = priorDepth(frame);
    expect(map).toMatchObject({ source: 'prior', method: 'landmarks', unit: 'mm' });
    expect(map.depth).toHaveLength(map.width * map.height);
    const at = (index: number): number => {
      const [x, y] = pointAt(frame.landmarks, index);
      const column = Math.floor(((x - map.box.left) * map.width) / map.box.width);
      const row = Math.floor(((y - map.box.top) * map.height) / map.box.height);
      return map.depth[row * map.width + column] ?? NaN;
    };
    expect(at(4)).toBeLessThan(2);
    expect(at(168)).toBeGreaterThan(8);
    expect(at(168)).toBeLessThan(40);
    expect(map.depth[0]).toBeNaN();
    const known = map.depth.filter((z) => !Number.isNaN(z));
    expect(known.length / map.depth.length).toBeGreaterThan(0.5);
    expect(Math.max(...known)).toBeLessThan(130);
    expect(Math.min(...known)).toBe(0);
  });

  it('gives the same depth of a larger picture of the same face, and no more than 256 values a side', () => {
    const larger = {
      ...frame,
      width: 1280,
      height: 960,
      landmarks: frame.landmarks.map((value) => 4 * value),
    };
    const map = priorDepth({ ...larger, width: 2560, height: 1920 });
    expect(Math.max(map.width, map.height)).toBe(256);
    const most = (values: Float32Array): number => Math.max(...values.filter((z) => !Number.isNaN(z)));
    expect(Math.abs(most(map.depth) - most(priorDepth(frame).depth))).toBeLessThan(4);
  });

  it('shows the near surface where a turned face hides itself', () => {
    const [turned] = syntheticTracks(syntheticHead(5), 5, { frames: 1, noise: 0, yaw: 150 }) as [
      LandmarkFrame,
    ];
    const { box, width, height, depth } = priorDepth(turned);
    const eyes = [0, 1, 2].map((k) => {
      const [a, b, c, d] = [33, 133, 362, 263].map((index) => pointAt(turned.landmarks, index)[k] ?? NaN);
      return ((a ?? NaN) + (b ?? NaN) - (c ?? NaN) - (d ?? NaN)) / 2;
    });
    const millimetres = 63 / Math.hypot(...eyes);
    const nearest = Math.min(...Array.from({ length: 468 }, (_, i) => pointAt(turned.landmarks, i)[2]));
    let hidden = 0;
    for (let i = 0; i < 468; i++) {
      const [x, y, z] = pointAt(turned.landmarks, i);
      const column = Math.floor(((x - box.left) * width) / box.width);
      const row = Math.floor(((y - box.top) * height) / box.height);
      // A landmark on the outline may share its pixel with the surface behind it, but not all pixels around it.
      const around = [-1, 0, 1].flatMap((v) =>
        [-1, 0, 1].map((u) => depth[(row + v) * width + column + u] ?? NaN),
      );
      const seen = Math.min(...around.filter((value) => !Number.isNaN(value)));
      const own = (z - nearest) * millimetres;
      expect(seen).toBeLessThan(own + 6);
      if (seen < own - 6) hidden++;
    }
    expect(hidden).toBeGreaterThan(10);
  });
});

describe('faceBox', () => {
  const [frame] = syntheticTracks(syntheticHead(5), 5, { frames: 1 }) as [LandmarkFrame];

  it('is whole, inside the frame, and about two eye distances wide or more', () => {
    const box = faceBox(frame.landmarks, frame.width, frame.height, 0.1);
    expect(Object.values(box).every(Number.isInteger)).toBe(true);
    expect(box.width).toBeGreaterThan(2 * interOcularDistance(frame.landmarks));
    expect(box.left + box.width).toBeLessThanOrEqual(frame.width);
    const shifted = frame.landmarks.map((value, i) => (i % 3 === 0 ? value - 300 : value));
    expect(faceBox(shifted, frame.width, frame.height, 0.1).left).toBe(0);
  });

  it('refuses landmarks beside the frame or not finite', () => {
    const beside = frame.landmarks.map((value) => value + 10_000);
    expect(() => faceBox(beside, 640, 480, 0)).toThrow(RangeError);
    expect(() => faceBox(new Float32Array(1434).fill(NaN), 640, 480, 0)).toThrow(RangeError);
  });
});
