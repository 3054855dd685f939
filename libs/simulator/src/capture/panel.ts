import { type Texture } from '../render/texture.js';

/** Stripes of red, green and blue that make a pixel of a panel; a pixel of the video has one of the panel. */
export const SUBPIXELS = 3;

/** Luminance of linear red, green and blue (ITU-R BT.709). */
const LUMINANCE = [0.2126, 0.7152, 0.0722] as const;

export interface Panel {
  /** Exponent by which its tone curve differs from the video's. */
  readonly gamma: number;
  /** Contrast that a camera's lens leaves of stripes and of the dark lines between rows: 0 … 1. */
  readonly grid: number;
  /** Light where the video is black, by leaking back light and reflecting glass: share of white. */
  readonly black: number;
  /** Share of white in the primaries, by which its gamut is smaller than the video's: 0 … 1. */
  readonly whiteness: number;
}

/**
 * The light of a panel that shows a picture, {@link SUBPIXELS} columns and rows a pixel. Each channel shines from a stripe of its own,
 * which a camera with about as many pixels samples too rarely: coloured moiré.
 */
export function emitted({ width, height, data }: Texture, panel: Panel): Texture {
  const { gamma, grid, black, whiteness } = panel;
  const [wr, wg, wb] = LUMINANCE;
  const stride = 3 * SUBPIXELS * width;
  const out = new Float32Array(stride * SUBPIXELS * height);
  for (let i = 0; i < data.length; i += 3) {
    const red = (data[i] as number) ** gamma;
    const green = (data[i + 1] as number) ** gamma;
    const blue = (data[i + 2] as number) ** gamma;
    const white = whiteness * (wr * red + wg * green + wb * blue);
    const light = [red, green, blue].map((value) => (1 - black) * ((1 - whiteness) * value + white));
    const pixel = i / 3;
    const corner = Math.floor(pixel / width) * SUBPIXELS * stride + (pixel % width) * 3 * SUBPIXELS;
    for (let c = 0; c < 3; c++) {
      const full = light[c] as number;
      for (let row = 0; row < SUBPIXELS; row++) {
        const line = row === SUBPIXELS - 1 ? 1 - grid : 1;
        const start = corner + row * stride + c;
        for (let stripe = 0; stripe < SUBPIXELS; stripe++)
          out[start + 3 * stripe] = black + full * line * (stripe === c ? 1 : 1 - grid);
      }
    }
  }
  return { width: SUBPIXELS * width, height: SUBPIXELS * height, data: out };
}
