import { canonicalFace, LANDMARK_COUNT, LANDMARK_STRIDE } from '../../geometry/index.js';
import { type LivenessFrame } from '../frames.js';

/** Where a surface's point lies, in millimetres: x to the picture's right, y down, z away from the camera. */
type Surface = (u: number, v: number) => Point3;

// Jest's sandbox makes every look-up of a global slow, and these run for each of 75,000 points.
const { floor, sin, cos, exp, imul } = Math;

const relief = (u: number, v: number): number =>
  0.009 * u * u + 0.002 * v * v - 26 * exp(-(u * u) / 160 - (v - 24) ** 2 / 500);

/** Shapes that carry a face: the head itself, and papers that show it. */
export const SURFACES = {
  head: (u, v) => [u, v, relief(u, v)],
  flat: (u, v) => [u, v, 0],
  bent: (u, v) => [140 * sin(u / 140), v, 140 * (1 - cos(u / 140))],
} as const satisfies Record<string, Surface>;

export interface View {
  /** Degrees; yaw > 0 turns towards the picture's right, as the subject's own left does. */
  readonly yaw?: number;
  readonly pitch?: number;
  /** What the landmark network would believe; the truth unless given. */
  readonly believedYaw?: number;
  readonly distanceMm?: number;
  /** Shift in millimetres. */
  readonly x?: number;
  readonly noise?: number;
  readonly index?: number;
  readonly textured?: boolean;
  readonly seed?: number;
}

const [WIDTH, HEIGHT, FOCAL] = [320, 320, 554];
const RADIANS = Math.PI / 180;

/** A textured surface under a perspective camera, with the landmarks where a face drawn on it has them. */
export function look(surface: Surface, view: View = {}): LivenessFrame {
  const { yaw = 0, pitch = 0, believedYaw = yaw, index = 0, textured = true } = view;
  const project = camera(view);
  const believed = turner(believedYaw, pitch);
  const landmarks = new Float32Array(LANDMARK_COUNT * LANDMARK_STRIDE);
  const face = canonicalFace();
  for (let i = 0; i < LANDMARK_COUNT; i++) {
    const [u, v] = [face[3 * i] as number, face[3 * i + 1] as number];
    const [x, y] = project(surface(u, v));
    // The network gives every face, painted or not, a face's depth, turned as far as it believes.
    const [, , depth] = believed([u, v, relief(u, v)]);
    landmarks.set([x, y, (FOCAL / (view.distanceMm ?? 500)) * depth], 3 * i);
  }
  const data = textured ? render(surface, project, view) : new Float32Array(WIDTH * HEIGHT).fill(120);
  return {
    index,
    tMs: index * 300,
    gray: { width: WIDTH, height: HEIGHT, data },
    landmarks,
    pose: { yaw: believedYaw * RADIANS, pitch: pitch * RADIANS, roll: 0 },
  };
}

type Point3 = readonly [x: number, y: number, z: number];

function turner(yaw: number, pitch: number): (point: Point3) => Point3 {
  const [cy, sy] = [cos(yaw * RADIANS), sin(yaw * RADIANS)];
  const [cp, sp] = [cos(pitch * RADIANS), sin(pitch * RADIANS)];
  return ([x, y, z]) => {
    const away = sp * y + cp * z;
    return [cy * x - sy * away, cp * y - sp * z, sy * x + cy * away];
  };
}

type Project = (point: Point3) => readonly [x: number, y: number];

function camera({ yaw = 0, pitch = 0, distanceMm = 500, x: shift = 0 }: View): Project {
  const turned = turner(yaw, pitch);
  return (point) => {
    const [x, y, z] = turned(point);
    const scale = FOCAL / (distanceMm + z);
    return [WIDTH / 2 + (x + shift) * scale, HEIGHT / 2 + y * scale];
  };
}

/** Bilinear splatting of a fine grid of surface points: smooth below a pixel, which is what tracking needs. */
function render(surface: Surface, project: Project, { noise = 1, seed = 1 }: View): Float32Array {
  const [sum, weight] = [new Float32Array(WIDTH * HEIGHT), new Float32Array(WIDTH * HEIGHT)];
  const splat = (at: number, share: number, value: number): void => {
    sum[at] = (sum[at] as number) + share * value;
    weight[at] = (weight[at] as number) + share;
  };
  for (let row = 0, i = 0; row < ROWS; row++) {
    for (let column = 0; column < COLUMNS; column++, i++) {
      const [x, y] = project(surface(column * STEP - HALF_WIDTH, row * STEP - HALF_HEIGHT));
      const [left, top] = [floor(x), floor(y)];
      if (left < 0 || top < 0 || left >= WIDTH - 1 || top >= HEIGHT - 1) continue;
      const [fx, fy, at, value] = [x - left, y - top, top * WIDTH + left, TEXTURE[i] as number];
      splat(at, (1 - fx) * (1 - fy), value);
      splat(at + 1, fx * (1 - fy), value);
      splat(at + WIDTH, (1 - fx) * fy, value);
      splat(at + WIDTH + 1, fx * fy, value);
    }
  }
  const random = generator(seed);
  return sum.map((value, i) => {
    const shown = (weight[i] as number) > 0.2 ? value / (weight[i] as number) : 60;
    return shown + noise * 1.7 * (random() + random() - 1);
  });
}

const [STEP, HALF_WIDTH, HALF_HEIGHT] = [0.6, 75, 90];
const [COLUMNS, ROWS] = [(2 * HALF_WIDTH) / STEP, (2 * HALF_HEIGHT) / STEP];

/** Waves in many directions and lengths of 7 … 40 mm: textured everywhere, alike nowhere. */
const TEXTURE = Float32Array.from({ length: COLUMNS * ROWS }, (_, i) => {
  const [u, v] = [(i % COLUMNS) * STEP - HALF_WIDTH, Math.floor(i / COLUMNS) * STEP - HALF_HEIGHT];
  let value = 128;
  for (let wave = 0; wave < 12; wave++) {
    const [direction, k] = [2.399 * wave, (2 * Math.PI) / (7 + 3 * wave)];
    value += 11 * sin(k * (cos(direction) * u + sin(direction) * v) + 1.7 * wave);
  }
  return value;
});

/** Numerical Recipes' linear congruential generator: the same pictures in every run. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
