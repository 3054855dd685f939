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
  const grain = { size: random.between(5, 9), source: random.fork('grain') };
  return async (jpeg) => {
    const { width, height } = await sharp(jpeg).metadata();
    // Turned by a, a picture of w × h has no empty corner within its middle of 1/(cos a + (w/h)·sin a).
    const a = Math.abs(angle) * (Math.PI / 180);
    const inner = 1 / (Math.cos(a) + (Math.max(width, height) / Math.min(width, height)) * Math.sin(a));
    const turned = await sharp(jpeg).rotate(angle).toBuffer({ resolveWithObject: true });
    const size = { width: Math.floor(inner * width), height: Math.floor(inner * height) };
    const { data } = await sharp(turned.data)
      .extract({
        ...size,
        left: Math.round((turned.info.width - size.width) / 2),
        top: Math.round((turned.info.height - size.height) / 2),
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
    return sharp(grained(data, grain), { raw: { width, height, channels: 3 } })
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

function grained(data: Buffer, { size, source }: { size: number; source: Random }): Buffer {
  const row = Float32Array.from({ length: GRAIN_SAMPLES }, () => size * source.normal());
  return Buffer.from(
    Uint8ClampedArray.from(data, (value, i) => value + (row[(i + 7 * (i >> 12)) % GRAIN_SAMPLES] as number)),
  );
}

/** Long enough that no pattern shows, short enough to draw anew for each frame. */
const GRAIN_SAMPLES = 40_009;
