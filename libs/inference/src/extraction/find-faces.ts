import { type Detection } from '@tensorflow-models/face-detection/dist/shared/calculators/interfaces/shape_interfaces.js';
import * as tf from '@tensorflow/tfjs-core';
import { interOcularDistance, LANDMARK_STRIDE, landmarkAt } from '#biometrics';
import { type FaceMesh, type MeshRequest } from '../networks/face-mesh.js';
import { type DetectorName } from './extraction.js';

/** A second face at least this large, relative to the largest, makes a frame of a capture ambiguous. */
export const SECOND_FACE_RATIO = 0.4;

/** Detectors miss a face that fills the picture: there is room for this share of its sides all around. */
const BORDER = 0.5;
const GREY = 127;

/** Below this score the short-range detector also sees faces in pictures on the wall; what it sees then needs a second opinion. */
const SURE_SCORE = 0.75;

export type FaceSearch =
  | {
      readonly status: 'ok';
      readonly landmarks: Float32Array;
      readonly detector: DetectorName;
      /** The detector's, 0 … 1. */
      readonly score: number;
    }
  | { readonly status: 'no_face' | 'multiple_faces' };

/** Finds faces in several pictures. */
interface FaceDetector {
  detect(images: readonly tf.Tensor3D[]): Promise<Detection[][]>;
}

export interface FaceNetworks {
  readonly short: FaceDetector;
  readonly back: FaceDetector;
  readonly mesh: Pick<FaceMesh, 'landmarks'>;
}

/** Adds up what detection and landmarks cost, in milliseconds. */
export interface StepClock {
  time<Result>(step: 'detect' | 'mesh', work: () => Promise<Result>): Promise<Result>;
}

/**
 * Finds the face in each picture, independently of the others: short-range detector and mesh first; where either sees
 * none, or a face or a second one without being sure of it, the fallback detector and the mesh on its findings; where that sees none
 * either, once more with a border around the picture.
 * @param secondFaceRatio size of a second face both detector and mesh are sure of, relative to the largest, from which on the picture shows several
 */
export async function findFaces(
  images: readonly tf.Tensor3D[],
  networks: FaceNetworks,
  clock: StepClock,
  secondFaceRatio = SECOND_FACE_RATIO,
): Promise<FaceSearch[]> {
  const look = (pictures: readonly tf.Tensor3D[], detector: DetectorName): Promise<Opinion[]> =>
    search(pictures, detector, { networks, clock, secondFaceRatio });
  const first = await look(images, 'short');
  const unsettled = first.flatMap((opinion, i) => (isSettled(opinion) ? [] : [i]));
  const second = await look(
    images.filter((_, i) => unsettled.includes(i)),
    'back',
  );
  const settled = first.map((opinion, i) => settle(opinion, second[unsettled.indexOf(i)]));
  for (const [i, { status }] of settled.entries())
    if (status === 'no_face')
      settled[i] = await withBorder(images[i] as tf.Tensor3D, (picture) => look([picture], 'back'));
  return settled;
}

/** Looks at the picture with a grey border; landmarks are given in the picture's own pixels. */
async function withBorder(
  image: tf.Tensor3D,
  look: (picture: tf.Tensor3D) => Promise<Opinion[]>,
): Promise<FaceSearch> {
  const [height, width] = image.shape;
  const [above, beside] = [Math.round(BORDER * height), Math.round(BORDER * width)];
  const bordered = tf.pad3d(
    image,
    [
      [above, above],
      [beside, beside],
      [0, 0],
    ],
    GREY,
  );
  try {
    const [opinion] = await look(bordered);
    const found = settle({ status: 'no_face' }, opinion);
    if (found.status === 'ok')
      for (let at = 0; at < found.landmarks.length; at += LANDMARK_STRIDE) {
        found.landmarks[at] = (found.landmarks[at] as number) - beside;
        found.landmarks[at + 1] = (found.landmarks[at + 1] as number) - above;
      }
    return found;
  } finally {
    bordered.dispose();
  }
}

function isSettled(opinion: Opinion): boolean {
  return opinion.status === 'ok' ? opinion.score >= SURE_SCORE : opinion.status === 'multiple_faces';
}

/** What either detector is sure of stands; a doubt that the second opinion does not clear up stays a second face. */
function settle(first: Opinion, second: Opinion | undefined): FaceSearch {
  if (first.status === 'multiple_faces' || (first.status === 'ok' && isSettled(first))) return first;
  if (first.status === 'ok') return second?.status === 'ok' && isSettled(second) ? second : first;
  if (second?.status === 'ok' || second?.status === 'multiple_faces') return second;
  const doubted = first.status === 'doubtful_second' || second?.status === 'doubtful_second';
  return { status: doubted ? 'multiple_faces' : 'no_face' };
}

async function search(
  images: readonly tf.Tensor3D[],
  detector: DetectorName,
  { networks, clock, secondFaceRatio }: SearchOptions,
): Promise<Opinion[]> {
  const detections = await clock.time('detect', () => networks[detector].detect(images));
  const candidates = images.map((image, i) =>
    largeEnough(
      (detections[i] ?? []).map((detection) => ({ image, detection, size: sizeOf(detection, image) })),
    ),
  );
  const meshes = await clock.time('mesh', () => networks.mesh.landmarks(candidates.flat()));
  let at = 0;
  return candidates.map((list) => {
    const faces = list.map(({ size, detection }) => ({
      size,
      score: detection.score?.[0] ?? 0,
      landmarks: meshes[at++] ?? null,
    }));
    return judge(faces, detector, secondFaceRatio);
  });
}

interface SearchOptions {
  readonly networks: FaceNetworks;
  readonly clock: StepClock;
  readonly secondFaceRatio: number;
}

interface Candidate extends MeshRequest {
  /** Mean side of the detector's box in pixels. */
  readonly size: number;
}

/** What one detector makes of a picture. */
type Opinion = FaceSearch | { readonly status: 'doubtful_second' };

interface Face {
  readonly size: number;
  /** The detector's, 0 … 1. */
  readonly score: number;
  readonly landmarks: Float32Array | null;
}

function sizeOf({ locationData }: Detection, image: tf.Tensor3D): number {
  const [height, width] = image.shape;
  const box = locationData.relativeBoundingBox;
  return box ? (box.width * width + box.height * height) / 2 : 0;
}

function largeEnough(candidates: Candidate[]): Candidate[] {
  const largest = Math.max(0, ...candidates.map(({ size }) => size));
  return candidates.filter(({ size }) => size > 0 && size >= SECOND_FACE_RATIO * largest);
}

type Confirmed = Face & { readonly landmarks: Float32Array };

/** The largest face the mesh confirms, unless another of comparable size is there too. */
export function judge(
  faces: readonly Face[],
  detector: DetectorName,
  secondFaceRatio = SECOND_FACE_RATIO,
): Opinion {
  const confirmed = faces
    .filter((face): face is Confirmed => face.landmarks !== null)
    .sort((a, b) => b.size - a.size);
  const [largest, ...others] = confirmed;
  if (!largest) return { status: 'no_face' };
  const ok = ({ landmarks, score }: Confirmed): Opinion => ({ status: 'ok', landmarks, detector, score });
  const second = others.filter(
    ({ size, landmarks }) =>
      size >= SECOND_FACE_RATIO * largest.size && !sameFace(largest.landmarks, landmarks),
  );
  if (second.length === 0) return ok(largest);
  // The larger one may be the picture on the wall.
  const [sure, rival] = [largest, ...second].filter(({ score }) => score >= SURE_SCORE);
  if (!sure || !rival) return { status: 'doubtful_second' };
  return rival.size < secondFaceRatio * sure.size ? ok(sure) : { status: 'multiple_faces' };
}

/** Two boxes around one face lead the mesh to the same nose. */
function sameFace(a: Float32Array, b: Float32Array): boolean {
  const p = landmarkAt(a, 1);
  const q = landmarkAt(b, 1);
  return Math.hypot(p.x - q.x, p.y - q.y) < 0.5 * interOcularDistance(a);
}
