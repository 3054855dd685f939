/** Number of points of the attention mesh: 468 face points and 2 × 5 iris points. */
export const LANDMARK_COUNT = 478;

/** Values per landmark: x and y in pixels of the decoded frame (y down), z in the same unit (smaller is nearer). */
export const LANDMARK_STRIDE = 3;

/** A point in the image plane, in pixels, y down. */
export interface Point2 {
  readonly x: number;
  readonly y: number;
}

/** A decoded picture: RGB, 8 bits a channel, row by row, `width * height * 3` bytes. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/**
 * The landmark at `index` (0 … 477), projected to the image plane.
 * @throws {RangeError} when the list does not hold that landmark.
 */
export function landmarkAt(landmarks: Float32Array, index: number): Point2 {
  const x = landmarks[index * LANDMARK_STRIDE];
  const y = landmarks[index * LANDMARK_STRIDE + 1];
  if (x === undefined || y === undefined)
    throw new RangeError(`no landmark ${index} in a list of ${landmarks.length} values`);
  return { x, y };
}

/** The point halfway between two landmarks, in pixels. */
export function landmarkMidpoint(landmarks: Float32Array, first: number, second: number): Point2 {
  const a = landmarkAt(landmarks, first);
  const b = landmarkAt(landmarks, second);
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

/** Centre of the subject's right eye (on the left of an un-mirrored picture), from its two corners. */
export const rightEyeCentre = (landmarks: Float32Array): Point2 => landmarkMidpoint(landmarks, 33, 133);

/** Centre of the subject's left eye (on the right of an un-mirrored picture), from its two corners. */
export const leftEyeCentre = (landmarks: Float32Array): Point2 => landmarkMidpoint(landmarks, 362, 263);

/** Distance between the eye centres in the image plane (IOD), in pixels. */
export function interOcularDistance(landmarks: Float32Array): number {
  const right = rightEyeCentre(landmarks);
  const left = leftEyeCentre(landmarks);
  return Math.hypot(left.x - right.x, left.y - right.y);
}
