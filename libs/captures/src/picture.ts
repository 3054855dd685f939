import sharp from 'sharp';
import { ProblemError } from '#errors';

export const FRAME_LIMITS = {
  minFrames: 5,
  maxFrames: 12,
  maxBytes: 2 * 1024 * 1024,
  maxPixels: 16_000_000,
} as const;

export const FRAME_FORMATS = ['jpeg', 'png', 'webp'] as const;

const FORMATS: ReadonlySet<string> = new Set(FRAME_FORMATS);
/** How JPEG, PNG and WebP begin: anything else never reaches a decoder, of which the library has many more. */
const SIGNATURES = /^(\xff\xd8\xff|\x89PNG\r\n\x1a\n|RIFF[^]{4}WEBP)/;

/** How HEIC begins (ISO/IEC 23008-12): a file type box with one of its brands, or the general one and one of them among the compatible. */
const HEIC = /^[^]{4}ftyp(he(ic|ix|im|is|vc|vx|vm|vs)|m(if|sf)1[^]{4}([^]{4})*he(ic|ix|im|is|vc|vx))/;
const HEAD_BYTES = 64;

/**
 * Reads a picture's header, checks its limits *before* anything is decoded, then decodes it once (at reduced size where the
 * format allows) so that a truncated or damaged one is refused while the person can still send it again.
 * @throws ProblemError frame_is_heic, frame_unreadable, frame_too_many_pixels
 */
export async function inspectPicture(bytes: Uint8Array): Promise<{ width: number; height: number }> {
  const head = Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString('latin1');
  if (HEIC.test(head)) throw new ProblemError('frame_is_heic');
  if (!SIGNATURES.test(head)) throw new ProblemError('frame_unreadable');
  const { format, width, height } = await readable(() =>
    sharp(bytes, { limitInputPixels: false }).metadata(),
  );
  if (!format || !FORMATS.has(format) || !width || !height) throw new ProblemError('frame_unreadable');
  if (width * height > FRAME_LIMITS.maxPixels) throw new ProblemError('frame_too_many_pixels');
  await readable(() =>
    sharp(bytes, { limitInputPixels: FRAME_LIMITS.maxPixels, failOn: 'truncated' })
      .resize(Math.max(1, width >> 3), Math.max(1, height >> 3), { fit: 'fill', kernel: 'nearest' })
      .raw()
      .toBuffer(),
  );
  return { width, height };
}

/** The library's own message is dropped: it may quote bytes of the picture. */
async function readable<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch {
    throw new ProblemError('frame_unreadable');
  }
}
