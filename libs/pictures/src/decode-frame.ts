import sharp from 'sharp';
import { type RgbImage } from '#biometrics';

const MAX_SIDE = 1280;
const MAX_PIXELS = 2 ** 24;
const FORMATS = new Set(['jpeg', 'png', 'webp']);

// One frame is decoded on one core: workers already run one engine per core.
sharp.concurrency(1);
sharp.cache(false);

/**
 * Decodes a JPEG, PNG or WebP picture: turned upright by its EXIF orientation, shrunk to at most 1280 pixels a side.
 * @returns `null` when it is none of these, damaged, or has more than 2²⁴ pixels.
 */
export async function decodeFrame(bytes: Uint8Array): Promise<RgbImage | null> {
  try {
    const picture = sharp(bytes, { failOn: 'error', limitInputPixels: MAX_PIXELS });
    const { format, pages = 1 } = await picture.metadata();
    if (!format || !FORMATS.has(format) || pages > 1) return null;
    const { data, info } = await picture
      .autoOrient()
      .resize({ width: MAX_SIDE, height: MAX_SIDE, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    return info.channels === 3 ? { width: info.width, height: info.height, data } : null;
  } catch {
    return null;
  }
}
