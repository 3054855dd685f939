import sharp from 'sharp';
import { type PriorDepthMap } from '#biometrics';

const WHITE = 65_535;

/** Nothing known is 0, so the farthest point is a visible grey. */
const FARTHEST = 6_554;

/**
 * A depth map as a 16-bit grey PNG for people: 65535 is the nearest point, 6554 the farthest, linear in between, 0 where
 * nothing is known. The EXIF description says what the greys stand for and that the map is a prior, not a measurement.
 */
export function encodeDepthPng(map: PriorDepthMap): Promise<Buffer> {
  const { width, height, depth, source, method, unit } = map;
  const known = depth.filter((z) => !Number.isNaN(z));
  const near = known.reduce((least, z) => Math.min(least, z), Infinity);
  const far = known.reduce((most, z) => Math.max(most, z), -Infinity);
  const range = far > near ? far - near : 1;
  const greys = Uint16Array.from(depth, (z) =>
    Number.isNaN(z) ? 0 : Math.round(WHITE - ((z - near) / range) * (WHITE - FARTHEST)),
  );
  const meaning = { source, method, unit, 65535: near, 6554: far, 0: 'unknown' };
  return sharp(greys, { raw: { width, height, channels: 1 } })
    .toColourspace('grey16')
    .withExif({ IFD0: { ImageDescription: JSON.stringify(meaning) } })
    .png()
    .toBuffer();
}
