import sharp from 'sharp';
import { type RgbImage } from '#biometrics';

const MAX_SIDE = 1280;
/** What a decoder may be asked for by whoever sends pictures. */
const MAX_PIXELS = 2 ** 24;
const FORMATS = new Set(['jpeg', 'png', 'webp']);

// One frame is decoded on one core: workers already run one engine per core.
sharp.concurrency(1);
sharp.cache(false);

/**
 * Decodes a JPEG, PNG or WebP picture: turned upright by its EXIF orientation, shrunk to at most 1280 pixels a side. Grey and CMYK
 * pictures become RGB, 16 bits a channel become 8, and what is transparent shows mid-grey.
 * @param maxPixels more only for files of whoever runs the program
 * @returns `null` when it is none of these, damaged, or its header claims more pixels.
 */
export async function decodeFrame(bytes: Uint8Array, maxPixels = MAX_PIXELS): Promise<RgbImage | null> {
  try {
    const picture = sharp(bytes, { failOn: 'error', limitInputPixels: maxPixels });
    const { format, pages = 1 } = await picture.metadata();
    if (!format || !FORMATS.has(format) || pages > 1) return null;
    const { data, info } = await picture
      .autoOrient()
      .resize({ width: MAX_SIDE, height: MAX_SIDE, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .flatten({ background: GREY })
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return info.channels === 3 ? { width: info.width, height: info.height, data } : null;
  } catch {
    return null;
  }
}

/** Neither a dark nor a bright edge around a face that was cut out. */
const GREY = { r: 127, g: 127, b: 127 };
