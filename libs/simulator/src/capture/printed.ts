import { type RgbImage } from '#biometrics';
import { type Texture, textureOf } from '../render/texture.js';

/** Share of a picture's chroma that inks on paper keep, whose gamut is smaller than a screen's. */
export const INK_CHROMA = [0.75, 0.95] as const;

export interface Ink {
  /** Of black on white: 0 … 1. */
  readonly contrast: number;
  /** Share of the chroma that is kept: 0 … 1. */
  readonly chroma: number;
}

/**
 * Ink on paper: less contrast, black that is not quite black, paler colours. No screen of dots: of 150 lines an inch three are finer than
 * one pixel of the cameras here, whose lens leaves nothing of them.
 */
export function printed({ width, height, data }: RgbImage, { contrast, chroma }: Ink): Texture {
  const out = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at += 3) {
    const [red, green, blue] = [data[at] as number, data[at + 1] as number, data[at + 2] as number];
    const grey = 0.299 * red + 0.587 * green + 0.114 * blue;
    out[at] = ink(red, grey);
    out[at + 1] = ink(green, grey);
    out[at + 2] = ink(blue, grey);
  }
  return textureOf({ width, height, data: out });

  function ink(value: number, grey: number): number {
    return 18 + contrast * 0.94 * (grey + chroma * (value - grey));
  }
}
