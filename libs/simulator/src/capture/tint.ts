import { type Box, landmarkBox, type RgbImage } from '#biometrics';
import { LIGHT_STEPS, SRGB, textureOf } from '../render/texture.js';

/** The edge of a tinted face is softened over this share of its size. */
const SOFT = 0.12;

/**
 * What an injector does who knows the colours: multiplies the light of a picture by what a screen of that colour would add.
 * @param strength share of the screen in the light.
 * @param landmarks tints the ellipse around these only; none: the whole picture.
 */
export function tinted(
  picture: RgbImage,
  colour: readonly [number, number, number],
  strength: number,
  landmarks?: Float32Array,
): RgbImage {
  const { width, height, data } = picture;
  const face = landmarks && landmarkBox(landmarks, 0);
  const light = textureOf(picture).data;
  const out = Uint8Array.from(data);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const weight = strength * (face ? inside(face, x, y) : 1);
      if (weight === 0) continue;
      for (let c = 0; c < 3; c++) {
        const at = 3 * (y * width + x) + c;
        const linear = (light[at] as number) * (1 + weight * (colour[c] as number)) * LIGHT_STEPS;
        out[at] = SRGB[Math.min(LIGHT_STEPS, Math.round(linear))] as number;
      }
    }
  }
  return { width, height, data: out };
}

/** 1 within the ellipse that fills the box, falling to 0 across its edge. */
function inside({ left, top, width, height }: Box, x: number, y: number): number {
  const radius = Math.hypot((2 * (x - left)) / width - 1, (2 * (y - top)) / height - 1);
  return Math.min(1, Math.max(0, (1 + SOFT - radius) / SOFT));
}
