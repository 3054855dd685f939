import { alignShape, type FusedMesh, LANDMARK_COUNT, LANDMARK_STRIDE } from '#biometrics';

/** Irises follow the gaze and have no place of their own on the face. */
const FIRST_IRIS = 468;

/**
 * RMS distance between a fused mesh and the head that was rendered, in millimetres on that head, after turning, scaling and
 * shifting the mesh onto it: pictures of one camera have no scale of their own.
 * @param head 478 or more × (x, y, z) in millimetres, the landmarks first.
 * @throws {RangeError} when the head has fewer points than landmarks.
 */
export function meshErrorMm({ points }: Pick<FusedMesh, 'points'>, head: Float32Array): number {
  const truth = head.subarray(0, LANDMARK_COUNT * LANDMARK_STRIDE);
  if (truth.length < LANDMARK_COUNT * LANDMARK_STRIDE) throw new RangeError('the head lacks landmarks');
  const aligned = alignShape(points, truth);
  let squares = 0;
  for (let i = 0; i < FIRST_IRIS * LANDMARK_STRIDE; i++)
    squares += ((aligned[i] as number) - (truth[i] as number)) ** 2;
  return Math.sqrt(squares / FIRST_IRIS);
}
