import sharp from 'sharp';

const WIDTH = 640;
const HEIGHT = 480;

/**
 * Frames as a camera would take them of a portrait held still: 640×480 JPEGs, each with the portrait a little larger or
 * smaller, shifted, and lit differently. The same input gives the same frames.
 * @param jpeg an encoded portrait, about square.
 * @param count how many frames, ≥ 1.
 */
export async function framesFrom(jpeg: Uint8Array, count: number): Promise<Buffer[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => frame(jpeg, index)));
}

async function frame(jpeg: Uint8Array, index: number): Promise<Buffer> {
  const phase = 2.399963 * index;
  const side = Math.round(HEIGHT * (0.92 + 0.03 * Math.sin(phase)));
  const top = Math.round((HEIGHT - side) / 2 + 6 * Math.cos(1.7 * phase));
  const left = Math.round((WIDTH - side) / 2 + 9 * Math.sin(1.3 * phase));
  const portrait = await sharp(jpeg)
    .autoOrient()
    .resize(side, side, { fit: 'cover' })
    .modulate({ brightness: 1 + 0.04 * Math.cos(phase) })
    .toBuffer();
  return sharp(portrait)
    .extend({ top, bottom: HEIGHT - side - top, left, right: WIDTH - side - left, extendWith: 'copy' })
    .jpeg({ quality: 88 + (index % 4) })
    .toBuffer();
}
