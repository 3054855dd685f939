import { type RgbImage } from '#biometrics';
import { decodeFrame } from '#pictures';
import { type CaptureFrame } from './results.js';

/**
 * Decodes a frame as extraction did, so that its landmarks lie where they were found.
 * @throws {RangeError} when it is unreadable or has another size than the landmarks' frame.
 */
export async function decodeMatching({ encoded, index, width, height }: CaptureFrame): Promise<RgbImage> {
  const image = await decodeFrame(encoded);
  if (!image || image.width !== width || image.height !== height)
    throw new RangeError(`frame ${index} is not the picture its landmarks were found in`);
  return image;
}
