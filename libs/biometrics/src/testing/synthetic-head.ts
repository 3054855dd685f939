import { incrementalRotation, multiply } from '../depth/parallax/turns.js';
import { CANONICAL_IPD_MM, canonicalFace } from '../geometry/canonical-face.js';
import { type LandmarkFrame } from '../geometry/landmark-frame.js';
import { LANDMARK_COUNT, LANDMARK_STRIDE } from '../geometry/landmarks.js';
import { type Matrix3, type Point3, rotatePoint } from '../geometry/rotation.js';
import { pointAt } from '../mesh/align-shape.js';

const DEGREE = Math.PI / 180;
const CENTRES = [33, 133, 362, 263] as const;

/** Repeatable random numbers for tests (mulberry32): uniform in 0 … 1, and standard normal. */
export class Chance {
  constructor(private state: number) {}

  uniform(low = 0, high = 1): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return low + ((high - low) * ((t ^ (t >>> 14)) >>> 0)) / 2 ** 32;
  }

  normal(deviation = 1): number {
    return deviation * Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }
}

/** A person: the canonical face stretched by some percent and with bumps of a few millimetres; eyes 63 mm apart. */
export function syntheticHead(seed: number): Float32Array {
  const chance = new Chance(seed);
  const face = canonicalFace();
  const stretch = [0, 1, 2].map(() => 1 + chance.normal(0.05));
  const bumps = Array.from({ length: 12 }, () => ({
    centre: pointAt(face, Math.floor(chance.uniform(0, 468))),
    height: [chance.normal(1.5), chance.normal(1.5), chance.normal(2.5)],
    width: chance.uniform(18, 33),
  }));
  const head = new Float32Array(face.length);
  for (let i = 0; i < LANDMARK_COUNT; i++) {
    const point = pointAt(face, i);
    const place = point.map((value, axis) => value * (stretch[axis] ?? 1));
    for (const { centre, height, width } of bumps) {
      const near = Math.exp(-((distance(point, centre) / width) ** 2));
      height.forEach((value, axis) => (place[axis] = (place[axis] ?? 0) + near * value));
    }
    head.set(place, i * LANDMARK_STRIDE);
  }
  const [a, b, c, d] = CENTRES.map((index) => pointAt(head, index)) as [Point3, Point3, Point3, Point3];
  const gap = Math.hypot(
    ...[0, 1, 2].map((k) => ((a[k] ?? 0) + (b[k] ?? 0) - (c[k] ?? 0) - (d[k] ?? 0)) / 2),
  );
  return head.map((value) => (value * CANONICAL_IPD_MM) / gap);
}

/** What stands before the camera: a head, or a photograph of it, flat or bent about its upright axis. */
export type Presented = 'head' | 'print' | 'bent_print' | 'still';

export interface SceneOptions {
  readonly presented?: Presented;
  readonly frames?: number;
  /** Largest yaw in degrees. */
  readonly yaw?: number;
  /** Standard deviation of landmarks per frame / IOD; two thirds of it again stay the same in all frames. */
  readonly noise?: number;
}

/**
 * Landmarks as a network gives them of a head (478 × 3, mm) swinging left and right before a perspective camera: places
 * with noise, and z of a face halfway between this one and the canonical, whatever is presented.
 */
export function syntheticTracks(
  head: Float32Array,
  seed: number,
  { presented = 'head', frames = 8, yaw = 25, noise = 0.015 }: SceneOptions = {},
): LandmarkFrame[] {
  const chance = new Chance(seed);
  const [width, height] = [640, 480];
  const focal = width * chance.uniform(0.72, 0.87);
  const away = chance.uniform(400, 650);
  const eyes = (CANONICAL_IPD_MM * focal) / away;
  const canonical = canonicalFace();
  const believed = head.map((value, i) => (value + (canonical[i] ?? 0)) / 2);
  const object = presented === 'head' ? head : photograph(head, presented === 'bent_print');
  const habit = object.map(() => chance.normal((2 / 3) * noise * eyes));
  return Array.from({ length: frames }, (_, index) => {
    const swing = presented === 'still' ? 0 : yaw * Math.sin((2 * Math.PI * index) / frames + 0.3);
    const turn = turnBy(swing, presented === 'still' ? 0 : chance.normal(4), chance.normal(3));
    const guess = presented === 'head' ? turn : turnBy(0.17 * swing, 0, 0);
    const [x0, y0] = [chance.normal(15), chance.normal(15)];
    const landmarks = new Float32Array(object.length);
    for (let i = 0; i < LANDMARK_COUNT; i++) {
      const [x, y, z] = rotatePoint(turn, pointAt(object, i));
      const depth = away + z;
      const [hx = 0, hy = 0] = habit.subarray(LANDMARK_STRIDE * i);
      landmarks.set(
        [
          width / 2 + (focal * (x + x0)) / depth + hx + chance.normal(noise * eyes),
          height / 2 + (focal * (y + y0)) / depth + hy + chance.normal(noise * eyes),
          (rotatePoint(guess, pointAt(believed, i))[2] * focal) / away + chance.normal(noise * eyes),
        ],
        i * LANDMARK_STRIDE,
      );
    }
    return { index, width, height, landmarks, pose: { yaw: swing * DEGREE, pitch: 0, roll: 0 } };
  });
}

function turnBy(yaw: number, pitch: number, roll: number): Matrix3 {
  return multiply(
    incrementalRotation([0, -yaw * DEGREE, 0]),
    multiply(incrementalRotation([pitch * DEGREE, 0, 0]), incrementalRotation([0, 0, roll * DEGREE])),
  );
}

/** The head as a camera half a metre away sees it, on paper of natural size. */
function photograph(head: Float32Array, bent: boolean): Float32Array {
  const radius = 90;
  const paper = new Float32Array(head.length);
  for (let i = 0; i < head.length; i += LANDMARK_STRIDE) {
    const [x = 0, y = 0, z = 0] = head.subarray(i, i + 3);
    const [u, v] = [(x * 500) / (500 + z), (y * 500) / (500 + z)];
    paper.set(bent ? [radius * Math.sin(u / radius), v, radius * (1 - Math.cos(u / radius))] : [u, v, 0], i);
  }
  return paper;
}

const distance = (a: Point3, b: Point3): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
