import { type Point2 } from '../../geometry/landmarks.js';
import { type GrayImage } from '../frames.js';

/**
 * How well a patch can be told from its neighbours in every direction: the smaller eigenvalue of its structure tensor, per
 * pixel (Shi and Tomasi 1994), in grey levels² per pixel², ≥ 0; 0 when the patch leaves the picture.
 * @param radius half the patch's side in pixels.
 */
export function textureAt({ width, height, data }: GrayImage, centre: Point2, radius: number): number {
  const [x0, y0, r] = [Math.round(centre.x), Math.round(centre.y), Math.round(radius)];
  if (!(x0 - r >= 1 && y0 - r >= 1 && x0 + r < width - 1 && y0 + r < height - 1)) return 0;
  let [xx, xy, yy] = [0, 0, 0];
  for (let y = y0 - r; y <= y0 + r; y++) {
    for (let x = x0 - r; x <= x0 + r; x++) {
      const at = y * width + x;
      const gx = ((data[at + 1] as number) - (data[at - 1] as number)) / 2;
      const gy = ((data[at + width] as number) - (data[at - width] as number)) / 2;
      xx += gx * gx;
      xy += gx * gy;
      yy += gy * gy;
    }
  }
  const pixels = (2 * r + 1) ** 2;
  return Math.max(0, ((xx + yy) / 2 - Math.hypot((xx - yy) / 2, xy)) / pixels);
}
