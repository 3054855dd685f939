import { CANONICAL_IPD_MM, canonicalFace, FACE_TRIANGLES } from '../geometry/canonical-face.js';
import { type LandmarkFrame } from '../geometry/landmark-frame.js';
import { LANDMARK_COUNT, LANDMARK_STRIDE } from '../geometry/landmarks.js';
import { type Point3 } from '../geometry/rotation.js';
import { alignShape, pointAt } from './align-shape.js';
import { assumedFocalLength } from './camera.js';
import { type FaceModel } from './face-model.js';
import { at, solvePositiveDefinite } from './linear.js';
import { neutralFrames } from './neutral-frames.js';
import { depths, fitView, type OrthographicView } from './scaled-orthography.js';

/** A mesh fused from the frames of a capture. */
export interface FusedMesh extends FaceModel {
  /** How many frames were fused. */
  readonly frames: number;
  /** Pictures of one camera have no scale of their own, so one distance between the eyes is assumed for everybody. */
  readonly scale: { readonly assumed: true; readonly interPupillaryMm: number };
  /** RMS distance between the landmarks seen and those of the mesh, in millimetres on the face. */
  readonly residualRmsMm: number;
}

/** Weight of the network's own shape, in frames. */
const PRIOR_WEIGHT = 1;
const ROUNDS = 12;

/**
 * Fuses the landmarks of several frames into one mesh: the network's x, y, z averaged over the frames in the canonical
 * face's pose are the prior; then rounds of fitting each frame's view, undoing perspective with the distance that view
 * implies, and solving every point by least squares over all frames.
 * @param capture at least one frame; those with an open mouth are left out; a few different poses measure the depth that one frame only guesses.
 * @throws {RangeError} without frames, or when landmarks are missing or not finite.
 */
export function fuseMesh(capture: readonly LandmarkFrame[]): FusedMesh {
  if (capture.length === 0) throw new RangeError('a mesh needs at least one frame');
  for (const { landmarks } of capture)
    if (landmarks.length !== LANDMARK_COUNT * LANDMARK_STRIDE || !landmarks.every(Number.isFinite))
      throw new RangeError('landmarks are missing or not finite');
  const frames = neutralFrames(capture);
  const canonical = canonicalFace();
  const prior = average(frames.map(({ landmarks }) => alignShape(landmarks, canonical)));
  let shape = prior;
  let residual = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const sightings = frames.map((frame) => sight(frame, shape));
    const solved = solvePoints(sightings, prior);
    residual = residualOf(sightings, solved);
    shape = alignShape(solved, canonical);
  }
  const scale = CANONICAL_IPD_MM / eyeDistance(shape);
  return {
    points: Float32Array.from(shape, (value) => value * scale),
    triangles: FACE_TRIANGLES,
    frames: frames.length,
    scale: { assumed: true, interPupillaryMm: CANONICAL_IPD_MM },
    residualRmsMm: residual * scale,
  };
}

/** A frame's view of the shape, and its landmarks as that view would see them without perspective. */
interface Sighting {
  readonly view: OrthographicView;
  /** 478 × (x, y) in pixels. */
  readonly image: Float64Array;
}

function sight({ landmarks, width, height }: LandmarkFrame, shape: Float64Array): Sighting {
  const [cx, cy] = [width / 2, height / 2];
  const image = Float64Array.from({ length: 2 * LANDMARK_COUNT }, (_, k) =>
    at(landmarks, (k >> 1) * LANDMARK_STRIDE + (k & 1)),
  );
  const rough = fitView(shape, image);
  const distance = assumedFocalLength(width, height) / rough.scale;
  depths(shape, rough).forEach((z, i) => {
    const stretch = 1 + z / distance;
    image[2 * i] = cx + (at(image, 2 * i) - cx) * stretch;
    image[2 * i + 1] = cy + (at(image, 2 * i + 1) - cy) * stretch;
  });
  return { view: fitView(shape, image), image };
}

function solvePoints(sightings: readonly Sighting[], prior: Float64Array): Float64Array {
  const normal = new Float64Array(9);
  for (let k = 0; k < 3; k++) normal[4 * k] = PRIOR_WEIGHT;
  for (const { view } of sightings)
    for (const row of [view.rotation[0], view.rotation[1]])
      for (let i = 0; i < 3; i++)
        for (let j = 0; j < 3; j++) normal[3 * i + j] = at(normal, 3 * i + j) + at(row, i) * at(row, j);
  // Every point is seen by the same views, so one inverse serves them all.
  const inverse = [0, 1, 2].map((k) => {
    const column = new Float64Array(3);
    column[k] = 1;
    solvePositiveDefinite(Float64Array.from(normal), column);
    return column;
  }) as [Float64Array, Float64Array, Float64Array];
  const solved = new Float64Array(prior.length);
  const right = new Float64Array(3);
  for (let point = 0; point < LANDMARK_COUNT; point++) {
    const from = point * LANDMARK_STRIDE;
    for (let k = 0; k < 3; k++) right[k] = PRIOR_WEIGHT * at(prior, from + k);
    for (const { view, image } of sightings)
      for (let axis = 0; axis < 2; axis++) {
        const seen = (at(image, 2 * point + axis) - at(view.shift, axis)) / view.scale;
        const row = view.rotation[axis as 0 | 1];
        for (let k = 0; k < 3; k++) right[k] = at(right, k) + at(row, k) * seen;
      }
    for (let k = 0; k < 3; k++)
      solved[from + k] =
        at(inverse[0], k) * at(right, 0) +
        at(inverse[1], k) * at(right, 1) +
        at(inverse[2], k) * at(right, 2);
  }
  return solved;
}

function residualOf(sightings: readonly Sighting[], shape: Float64Array): number {
  let squares = 0;
  for (const { view, image } of sightings)
    for (let point = 0; point < LANDMARK_COUNT; point++)
      for (const axis of [0, 1] as const) {
        const [x, y, z] = view.rotation[axis];
        const from = point * LANDMARK_STRIDE;
        const expected = x * at(shape, from) + y * at(shape, from + 1) + z * at(shape, from + 2);
        squares += (expected - (at(image, 2 * point + axis) - view.shift[axis]) / view.scale) ** 2;
      }
  return Math.sqrt(squares / (sightings.length * LANDMARK_COUNT));
}

function average(shapes: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(LANDMARK_COUNT * LANDMARK_STRIDE);
  for (const shape of shapes) shape.forEach((value, i) => (sum[i] = at(sum, i) + value));
  return sum.map((value) => value / shapes.length);
}

/** Distance between the eye centres; irises would follow the gaze. */
function eyeDistance(shape: ArrayLike<number>): number {
  const [a, b, c, d] = [33, 133, 362, 263].map((index) => pointAt(shape, index)) as [
    Point3,
    Point3,
    Point3,
    Point3,
  ];
  return Math.hypot(a[0] + b[0] - c[0] - d[0], a[1] + b[1] - c[1] - d[1], a[2] + b[2] - c[2] - d[2]) / 2;
}
