import { interOcularDistance, LANDMARK_STRIDE, type RgbImage } from '../geometry/landmarks.js';
import { type HeadPose } from '../geometry/pose.js';
import { percent } from './scale.js';

/** ISO/IEC 39794-5 asks for 90 pixels between the eyes of a portrait. */
const PORTRAIT_DISTANCE = 90;

/** Room around the face that a portrait has at least, in inter-ocular distances. */
const PORTRAIT_MARGIN = 0.5;

/** Distance between the eye centres: 0 (none) … 100 (90 pixels of the decoded frame or more). */
export function interEyeDistance(landmarks: Float32Array): number {
  return percent(interOcularDistance(landmarks), 0, PORTRAIT_DISTANCE);
}

/** How straight the face looks at the camera, cos²(yaw)·cos²(pitch): 0 (profile) … 100. The roll is undone by the alignment. */
export function headPose({ yaw, pitch }: HeadPose): number {
  return 100 * (Math.max(0, Math.cos(yaw)) * Math.max(0, Math.cos(pitch))) ** 2;
}

/** Room between the face and the nearest edge of the picture: 0 (cut off by half an inter-ocular distance) … 50 (touching) … 100. */
export function cropOfTheFaceImage({ width, height }: RgbImage, landmarks: Float32Array): number {
  let room = Infinity;
  for (let at = 0; at < landmarks.length; at += LANDMARK_STRIDE) {
    const [x, y] = [landmarks[at] as number, landmarks[at + 1] as number];
    room = Math.min(room, x, y, width - x, height - y);
  }
  return percent(room / interOcularDistance(landmarks), -PORTRAIT_MARGIN, PORTRAIT_MARGIN);
}
