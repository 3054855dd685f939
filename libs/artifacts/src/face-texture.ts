import sharp from 'sharp';
import { faceBox, LANDMARK_COUNT, landmarkAt, type RgbImage } from '#biometrics';

/** Enough for a face seen by a webcam; old graphics hardware wants powers of two. */
const MIN_SIDE = 64;
const MAX_SIDE = 512;
const MARGIN = 0.05;
const QUALITY = 88;

/** The crop of a frame around its face, and where each landmark lies in it. */
export interface FaceTexture {
  readonly jpeg: Buffer;
  /** u, v per landmark: 0 … 1 from the left and from the top. */
  readonly coordinates: Float32Array;
}

/**
 * Cuts the face out of a frame.
 * @throws {RangeError} when the landmarks do not lie in the frame.
 */
export async function cutTexture(image: RgbImage, landmarks: Float32Array): Promise<FaceTexture> {
  const { data, width, height } = image;
  const box = faceBox(landmarks, width, height, MARGIN);
  const jpeg = await sharp(data, { raw: { width, height, channels: 3 } })
    .extract(box)
    .resize({ width: powerOfTwo(box.width), height: powerOfTwo(box.height), fit: 'fill' })
    .jpeg({ quality: QUALITY })
    .toBuffer();
  const coordinates = new Float32Array(2 * LANDMARK_COUNT);
  for (let i = 0; i < LANDMARK_COUNT; i++) {
    const { x, y } = landmarkAt(landmarks, i);
    coordinates[2 * i] = unit((x - box.left) / box.width);
    coordinates[2 * i + 1] = unit((y - box.top) / box.height);
  }
  return { jpeg, coordinates };
}

function powerOfTwo(side: number): number {
  return Math.min(MAX_SIDE, Math.max(MIN_SIDE, 2 ** Math.round(Math.log2(side))));
}

const unit = (value: number): number => Math.min(1, Math.max(0, value));
