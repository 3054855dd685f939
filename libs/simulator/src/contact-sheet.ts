import sharp from 'sharp';
import { type SimulatedCapture } from './capture/simulated-capture.js';

const TILE = { width: 200, height: 150 };
const LABEL = 22;

/** A PNG with every frame of some captures, a row each, labelled and marked as synthetic. */
export async function contactSheet(captures: readonly SimulatedCapture[]): Promise<Buffer> {
  const columns = Math.max(1, ...captures.map(({ frames }) => frames.length));
  const rowHeight = TILE.height + LABEL;
  const [width, height] = [columns * TILE.width, Math.max(1, captures.length) * rowHeight];
  const tiles = await Promise.all(
    captures.flatMap(({ frames }, row) =>
      frames.map(async ({ jpeg }, column) => ({
        input: await sharp(jpeg).resize(TILE.width, TILE.height, { fit: 'cover' }).png().toBuffer(),
        left: column * TILE.width,
        top: row * rowHeight + LABEL,
      })),
    ),
  );
  const text = captures
    .map((capture, row) => {
      const title = `SYNTHETIC  ${capture.species ?? capture.label}  seed ${capture.seed}  ${capture.challenge.join(', ')}`;
      const notes = capture.frames.map(
        ({ truth: { yawDeg, pitchDeg } }, column) =>
          `<text x="${column * TILE.width + 6}" y="${(row + 1) * rowHeight - 6}" font-size="11" fill="yellow">yaw ${yawDeg.toFixed(0)} pitch ${pitchDeg.toFixed(0)}</text>`,
      );
      return `<text x="6" y="${row * rowHeight + 16}" font-size="14" fill="white">${title}</text>${notes.join('')}`;
    })
    .join('');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif">${text}</svg>`;
  return sharp({ create: { width, height, channels: 3, background: '#222' } })
    .composite([...tiles, { input: Buffer.from(svg), left: 0, top: 0 }])
    .png()
    .toBuffer();
}
