import { type LandmarkFrame } from '../../geometry/landmark-frame.js';
import { interOcularDistance, LANDMARK_STRIDE } from '../../geometry/landmarks.js';
import { RIGID_POINTS } from '../../geometry/rigid-points.js';
import { fitRotation, type Matrix3, type Point3 } from '../../geometry/rotation.js';
import { assumedFocalLength } from '../../mesh/camera.js';
import { at } from '../../mesh/linear.js';
import {
  adjustBundle,
  type BundleResult,
  type Observation,
  project,
  type Scene,
  type View,
} from './bundle.js';
import { planeDistances } from './plane-fit.js';
import { incrementalRotation, multiply, rotationAxis, transpose } from './turns.js';

/** Depth measured from motion across frames: the only kind that says something about the scene. */
export interface ParallaxReconstruction {
  readonly source: 'measured';
  readonly frames: number;
  /** Rigid landmarks; x, y, z in inter-ocular distances (IOD), z away from the camera from their best plane. */
  readonly points: readonly { readonly index: number; readonly position: Point3 }[];
  /** RMS distance of the points from their best plane / IOD: about 0.3 for a head, 0 for a sheet. */
  readonly reliefRms: number;
  /** RMS distance between where the rigid points were seen and where the reconstruction puts them / IOD. */
  readonly residualRms: number;
  /** The same for the best flat shape: relief is evident where this is well above `residualRms`. */
  readonly planeResidualRms: number;
  /** Largest turn between two frames, radians. */
  readonly turn: number;
}

/** Frames fewer than this leave too much undetermined. */
const MIN_FRAMES = 3;

/** Standard deviation of a landmark's place / IOD. */
const LANDMARK_DEVIATION = 0.02;

/** Standard deviation of depth expected before looking / IOD: weak, and centred on flat. */
const RELIEF_PRIOR = 0.5;
const FLAT_PRIOR = 1e-3;
const ROUNDS = 20;

/** Distance between the eye centres in the units of the mean face the search starts from. */
const MEAN_FACE_IOD = 1.2696;

/** A print's landmarks turn less than the print does, so a flat shape starts from larger turns than the network saw. */
const STARTS = [
  { relief: 1, turn: 1 },
  { relief: 0, turn: 3 },
] as const;

/**
 * Rigid structure from motion over landmark tracks: perspective bundle adjustment with an assumed focal length, from
 * several starts, the best kept. Only x and y of the landmarks are used as evidence; the network's z merely starts the
 * search. Depth that the frames do not show is drawn to zero.
 * @returns `null` with fewer than three frames: nothing was measured.
 * @throws {RangeError} when landmarks are missing or not finite.
 */
export function reconstructParallax(frames: readonly LandmarkFrame[]): ParallaxReconstruction | null {
  if (frames.length < MIN_FRAMES) return null;
  const observations = frames.map(observe);
  const relief = adjust(
    STARTS.map((start) => sceneAt(frames, start)),
    observations,
    RELIEF_PRIOR,
  );
  const flattened = { ...relief, points: relief.points.map(([x, y]): Point3 => [x, y, 0]) };
  const plane = adjust([flattened], observations, FLAT_PRIOR);
  return {
    ...describe(relief),
    residualRms: residualRms(relief, observations),
    planeResidualRms: residualRms(plane, observations),
  };
}

/** The scene with the lowest cost; later starts are tried only while deviations are larger than expected. */
function adjust(starts: readonly Scene[], observations: readonly Observation[], reliefPrior: number): Scene {
  let best: BundleResult | undefined;
  for (const start of starts) {
    const result = adjustBundle(start, observations, { reliefPrior, rounds: ROUNDS });
    if (!best || result.cost < best.cost) best = result;
    if (best.cost <= 2 * start.points.length * observations.length) break;
  }
  if (!best || !Number.isFinite(best.cost))
    throw new RangeError('the tracks of the landmarks are not finite');
  return best.scene;
}

function observe({ landmarks, width, height }: LandmarkFrame): Observation {
  const focal = assumedFocalLength(width, height);
  const rays = Float64Array.from({ length: 2 * RIGID_POINTS.length }, (_, k) => {
    const point = RIGID_POINTS[k >> 1]?.index ?? 0;
    const centre = k % 2 === 0 ? width / 2 : height / 2;
    return (at(landmarks, point * LANDMARK_STRIDE + (k % 2)) - centre) / focal;
  });
  // The two eye centres lie nearly in the image plane of most frames; turned faces merely weigh a little more.
  const deviation = (LANDMARK_DEVIATION * interOcularDistance(landmarks)) / focal;
  if (!rays.every(Number.isFinite) || !(deviation > 0))
    throw new RangeError('landmarks are missing or not finite');
  return { rays, deviation };
}

function sceneAt(frames: readonly LandmarkFrame[], start: { relief: number; turn: number }): Scene {
  const mean = RIGID_POINTS.map(({ position: [x, y, z] }): Point3 => [
    x / MEAN_FACE_IOD,
    y / MEAN_FACE_IOD,
    z / MEAN_FACE_IOD,
  ]);
  const seen = frames.map(({ landmarks }) => RIGID_POINTS.map(({ index }) => pointOf(landmarks, index)));
  const turns = seen.map((points) => fitRotation(mean, points));
  const reference = transpose(turns[mostFrontal(turns)] ?? IDENTITY);
  const views = turns.map((turn, f): View => {
    const frame = frames[f] as LandmarkFrame;
    const points = seen[f] as Point3[];
    const focal = assumedFocalLength(frame.width, frame.height);
    const axis = rotationAxis(multiply(turn, reference)).map((value) => value * start.turn);
    const rotation = multiply(
      incrementalRotation([axis[0] ?? 0, axis[1] ?? 0, axis[2] ?? 0]),
      transpose(reference),
    );
    const depth = (focal * spread(mean)) / spread(points);
    const [x, y] = centroid(points);
    return {
      rotation,
      translation: [((x - frame.width / 2) / focal) * depth, ((y - frame.height / 2) / focal) * depth, depth],
    };
  });
  return { points: mean.map(([x, y, z]): Point3 => [x, y, z * start.relief]), views };
}

type Description = Omit<ParallaxReconstruction, 'residualRms' | 'planeResidualRms'>;

function describe({ points, views }: Scene): Description {
  const iod = distanceOf(eyeCentre(points, 33, 133), eyeCentre(points, 362, 263));
  const scaled = points.map(([x, y, z]): Point3 => [x / iod, y / iod, z / iod]);
  const relief = planeDistances(scaled);
  const turns = views.flatMap((a) =>
    views.map((b) => Math.hypot(...rotationAxis(multiply(a.rotation, transpose(b.rotation))))),
  );
  return {
    source: 'measured',
    frames: views.length,
    points: RIGID_POINTS.map(({ index }, i) => {
      const [x, y] = scaled[i] as Point3;
      return { index, position: [x, y, at(relief, i)] };
    }),
    reliefRms: rootMeanSquare(relief),
    turn: Math.max(...turns),
  };
}

function residualRms({ points, views }: Scene, observations: readonly Observation[]): number {
  let squares = 0;
  views.forEach((view, f) => {
    const { rays, deviation } = observations[f] as Observation;
    points.forEach((point, i) => {
      const [u, v] = project(view, point);
      const distance = Math.hypot(u - at(rays, 2 * i), v - at(rays, 2 * i + 1));
      squares += ((distance / deviation) * LANDMARK_DEVIATION) ** 2;
    });
  });
  return Math.sqrt(squares / (views.length * points.length));
}

const IDENTITY: Matrix3 = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

/** Index of the rotation that leaves the viewing direction most alone. */
function mostFrontal(turns: readonly Matrix3[]): number {
  return turns.reduce((best, turn, f) => (turn[2][2] > (turns[best]?.[2][2] ?? -1) ? f : best), 0);
}

function pointOf(landmarks: Float32Array, index: number): Point3 {
  const from = index * LANDMARK_STRIDE;
  return [at(landmarks, from), at(landmarks, from + 1), at(landmarks, from + 2)];
}

function eyeCentre(points: readonly Point3[], first: number, second: number): Point3 {
  return centroid([first, second].map((landmark) => points[indexOf(landmark)] as Point3));
}

const indexOf = (landmark: number): number => RIGID_POINTS.findIndex(({ index }) => index === landmark);
const distanceOf = (a: Point3, b: Point3): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
const rootMeanSquare = (values: readonly number[]): number =>
  Math.hypot(...values) / Math.sqrt(values.length);

function centroid(points: readonly Point3[]): Point3 {
  const mean = (axis: 0 | 1 | 2): number =>
    points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  return [mean(0), mean(1), mean(2)];
}

/** Mean distance from the centroid. */
function spread(points: readonly Point3[]): number {
  const centre = centroid(points);
  return points.reduce((sum, point) => sum + distanceOf(point, centre), 0) / points.length;
}
