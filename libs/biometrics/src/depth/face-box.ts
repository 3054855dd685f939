import { LANDMARK_COUNT, landmarkAt } from '../geometry/landmarks.js';
import { type FrameBox } from './depth-map.js';

/**
 * The box around all landmarks, widened on each side by `margin` of its longer side and clipped to the frame.
 * @throws {RangeError} when the landmarks are missing, not finite, or outside the frame.
 */
export function faceBox(landmarks: Float32Array, width: number, height: number, margin: number): FrameBox {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < LANDMARK_COUNT; i++) {
    const { x, y } = landmarkAt(landmarks, i);
    [x0, y0, x1, y1] = [Math.min(x0, x), Math.min(y0, y), Math.max(x1, x), Math.max(y1, y)];
  }
  const border = margin * Math.max(x1 - x0, y1 - y0);
  const left = Math.max(0, Math.floor(x0 - border));
  const top = Math.max(0, Math.floor(y0 - border));
  const box = {
    left,
    top,
    width: Math.min(width, Math.ceil(x1 + border)) - left,
    height: Math.min(height, Math.ceil(y1 + border)) - top,
  };
  if (!(box.width > 0 && box.height > 0)) throw new RangeError('the landmarks do not lie in the frame');
  return box;
}
