import sharp from 'sharp';

export type JawShape = 'widened' | 'narrowed';

/** Where the face lies in the picture, in fractions of its width and height. */
export interface FaceFrame {
  readonly axisX: number;
  readonly browY: number;
  readonly chinY: number;
}

const SAMPLE_FACE: FaceFrame = { axisX: 0.475, browY: 0.27, chinY: 0.87 };

/** Horizontal stretch at the brow and at the chin. */
const STRETCH: Record<JawShape, { brow: number; chin: number }> = {
  widened: { brow: 0.85, chin: 1.25 },
  narrowed: { brow: 1.25, chin: 0.8 },
};

/**
 * Makes another person of a portrait: stretches it sideways about the face's axis, by a factor that changes smoothly
 * from brow to chin. The widened and the narrowed copy serve as two synthetic identities.
 * @param jpeg an encoded picture.
 * @param face where the face lies; by default, where it lies in the sample portrait.
 * @returns a JPEG of the same size.
 */
export async function jawWarp(
  jpeg: Uint8Array,
  shape: JawShape,
  face: FaceFrame = SAMPLE_FACE,
): Promise<Buffer> {
  const { data, info } = await sharp(jpeg)
    .autoOrient()
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const warped = Buffer.alloc(width * height * 3);
  const axis = face.axisX * width;
  for (let y = 0; y < height; y++) {
    const factor = stretchAt(y / height, shape, face);
    for (let x = 0; x < width; x++) {
      const source = Math.min(width - 1, Math.max(0, axis + (x - axis) / factor));
      const left = Math.min(Math.floor(source), width - 2);
      const part = source - left;
      for (let c = 0; c < 3; c++) {
        const at = (y * width + left) * 3 + c;
        warped[(y * width + x) * 3 + c] = Math.round(
          (data[at] ?? 0) * (1 - part) + (data[at + 3] ?? 0) * part,
        );
      }
    }
  }
  return sharp(warped, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 95 })
    .toBuffer();
}

function stretchAt(y: number, shape: JawShape, { browY, chinY }: FaceFrame): number {
  const t = Math.min(1, Math.max(0, (y - browY) / (chinY - browY)));
  const { brow, chin } = STRETCH[shape];
  return brow + (chin - brow) * t * t * (3 - 2 * t);
}
