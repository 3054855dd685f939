import sharp from 'sharp';
import { interOcularDistance, LANDMARK_COUNT, landmarkAt, type RgbImage } from '#biometrics';

export type OverlayFormat = 'png' | 'jpeg';

const IRISES = 468;
const SKIN_COLOUR = '#3cf07a';
const IRIS_COLOUR = '#ffd23c';

/**
 * A frame with its landmarks drawn on it: green on the skin, yellow on the irises. Landmarks outside the frame are cut
 * off with it.
 */
export function encodeOverlay(
  image: RgbImage,
  landmarks: Float32Array,
  format: OverlayFormat,
): Promise<Buffer> {
  const { data, width, height } = image;
  const radius = Math.max(0.8, interOcularDistance(landmarks) / 90);
  const dots = Array.from({ length: LANDMARK_COUNT }, (_, i) => {
    const { x, y } = landmarkAt(landmarks, i);
    const colour = i < IRISES ? SKIN_COLOUR : IRIS_COLOUR;
    return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${radius.toFixed(2)}" fill="${colour}"/>`;
  });
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${dots.join('')}</svg>`;
  const picture = sharp(data, { raw: { width, height, channels: 3 } }).composite([
    { input: Buffer.from(drawing) },
  ]);
  return (format === 'png' ? picture.png() : picture.jpeg({ quality: 85 })).toBuffer();
}
