import sharp from 'sharp';
import { type RgbImage } from '#biometrics';

/** A picture in linear light, RGB, 0 … 1 a channel, row by row. */
export interface Texture {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** sRGB (IEC 61966-2-1) to linear light. */
const LINEAR = Float32Array.from({ length: 256 }, (_, v) =>
  v <= 10 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4,
);

export const LIGHT_STEPS = 4096;

/** Linear light in steps of 1/4096 to sRGB 0 … 255, not rounded. */
export const SRGB = Float32Array.from({ length: LIGHT_STEPS + 1 }, (_, i) => {
  const v = i / LIGHT_STEPS;
  return 255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055);
});

export function textureOf({ width, height, data }: RgbImage): Texture {
  const linear = new Float32Array(data.length);
  for (let i = 0; i < linear.length; i++) linear[i] = LINEAR[data[i] as number] as number;
  return { width, height, data: linear };
}

/** Rasterises a drawing (SVG text or an encoded picture) to a texture of the given size. */
export async function drawnTexture(drawing: Uint8Array, width: number, height: number): Promise<Texture> {
  const { data } = await sharp(drawing)
    .resize(width, height, { fit: 'fill' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return textureOf({ width, height, data });
}

/** A copy made `factor` times as large; what is to be drawn smaller must be shrunk first, or it aliases. */
export async function resized({ width, height, data }: RgbImage, factor: number): Promise<RgbImage> {
  const { data: scaled, info } = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize(Math.round(width * factor), Math.round(height * factor), { fit: 'fill' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: scaled };
}
