import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SimulatedCapture } from '#simulator';

/** Under what a capture was taken. */
export interface CaptureContext {
  readonly source?: string;
  readonly camera?: string;
  readonly ambientLux?: number;
}

/**
 * Writes the frames and a `capture.json` as `evaluate:pad` reads it; what it says of itself begins with `synthetic: true`.
 * The description comes last and at once, so that a folder that has one is whole.
 */
export async function writeCapture(
  capture: SimulatedCapture,
  out: string,
  context: CaptureContext = {},
): Promise<void> {
  await mkdir(out, { recursive: true });
  const { synthetic, label, species, challenge, flash, seed } = capture;
  const frames = capture.frames.map(({ jpeg, tMs }, index) => ({
    file: `frame-${String(index + 1).padStart(2, '0')}.jpg`,
    tMs,
    jpeg,
  }));
  for (const { file, jpeg } of frames) await writeFile(join(out, file), jpeg);
  const described = frames.map(({ file, tMs }, i) => ({ file, tMs, ...(flash && { flash: flash[i] }) }));
  const description = { synthetic, label, species, ...context, challenge, seed, frames: described };
  const unfinished = join(out, 'capture.json.part');
  await writeFile(unfinished, `${JSON.stringify(description, null, 2)}\n`);
  await rename(unfinished, join(out, 'capture.json'));
}
