import sharp from 'sharp';
import { type Random } from '../random.js';

/**
 * A strong filter as camera apps have it, the same for every frame: the picture turned by one or two degrees and enlarged until
 * no corner shows, local contrast, contrast and colour cast, light from one side, blur and grain.
 */
export function createFilter(random: Random): (jpeg: Buffer) => Promise<Buffer> {
  const angle = random.sign() * random.between(1, 2);
  const contrast = random.between(1.15, 1.4);
  const cast = [0, 1, 2].map(() => random.between(0.85, 1.15));
  const light = { side: random.sign(), shade: random.between(0.35, 0.6) };
  const blur = random.between(1, 1.6);
  const size = random.between(5, 9);
  const grain = Float32Array.from({ length: GRAIN_SAMPLES }, () => size * random.normal());
  return async (jpeg) => {
    // Drawn before anything is waited for: frames that are filtered at once keep their order.
    const start = random.integer(GRAIN_SAMPLES);
    const { width, height } = await sharp(jpeg).metadata();
    // Turned by a, a picture of w × h has no empty corner within its middle of 1/(cos a + (w/h)·sin a).
    const a = Math.abs(angle) * (Math.PI / 180);
    const inner = 1 / (Math.cos(a) + (Math.max(width, height) / Math.min(width, height)) * Math.sin(a));
    const turned = await sharp(jpeg).rotate(angle).toBuffer({ resolveWithObject: true });
    const inside = { width: Math.floor(inner * width), height: Math.floor(inner * height) };
    const { data } = await sharp(turned.data)
      .extract({
        ...inside,
        left: Math.round((turned.info.width - inside.width) / 2),
        top: Math.round((turned.info.height - inside.height) / 2),
      })
      .resize(width, height, { fit: 'fill' })
      .clahe({ width: Math.round(width / 4), height: Math.round(height / 4), maxSlope: 3 })
      .linear(
        cast.map((gain) => contrast * gain),
        cast.map(() => 128 * (1 - contrast)),
      )
      .composite([{ input: sideLight(width, height, light), blend: 'multiply' }])
      .blur(blur)
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    return sharp(grained(data, grain, start), { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 80 })
      .toBuffer();
  };
}

/** White on one side, darker by `shade` on the other. */
function sideLight(width: number, height: number, { side, shade }: { side: 1 | -1; shade: number }): Buffer {
  const level = Math.round(255 * (1 - shade));
  const dark = `rgb(${level},${level},${level})`;
  const [from, to] = side > 0 ? [dark, '#fff'] : ['#fff', dark];
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs><linearGradient id="light">` +
      `<stop offset="0.2" stop-color="${from}"/><stop offset="0.8" stop-color="${to}"/></linearGradient></defs>` +
      '<rect width="100%" height="100%" fill="url(#light)"/></svg>',
  );
}

/** Adds the grain, from another place of it in each frame and so that rows do not line up. */
function grained(data: Buffer, grain: Float32Array, start: number): Buffer {
  const picture = new Uint8ClampedArray(data);
  for (let i = 0, at = start; i < picture.length; i++, at++) {
    if (at >= GRAIN_SAMPLES) at = 0;
    picture[i] = (picture[i] as number) + (grain[at] as number);
  }
  return Buffer.from(picture.buffer);
}

/** A prime, so that a frame's rows start at different places; few enough to be drawn for each filter. */
const GRAIN_SAMPLES = 40_009;
