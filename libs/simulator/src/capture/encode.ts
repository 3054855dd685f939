import sharp from 'sharp';
import { type RgbImage } from '#biometrics';

/** A JPEG as cameras and browsers make them. */
export async function encodeJpeg({ width, height, data }: RgbImage, quality: number): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: Math.round(quality) })
    .toBuffer();
}
