import { canonicalFace, type RgbImage } from '#biometrics';

/** No network needed: the canonical face in the middle of a drawn portrait. */
export function drawnPortrait(): { portrait: RgbImage; landmarks: Float32Array } {
  const [width, height] = [240, 280];
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const face = ((x - 120) / 75) ** 2 + ((y - 150) / 100) ** 2 < 1;
      const grain = 18 * Math.sin(x * 0.7) * Math.cos(y * 0.5);
      data.set(face ? [190 + grain, 150 + grain, 130 + grain] : [120, 140, 160], 3 * (y * width + x));
    }
  const landmarks = canonicalFace().map((value, i) => value + ([120, 115, 0][i % 3] ?? 0));
  return { portrait: { width, height, data }, landmarks };
}
