import { decodeLandmarks } from '#biometrics';
import type { DataKey } from '#crypto';
import type { AnalysedFrame } from '../capture-analyser.js';
import { frameAad } from '../capture-blobs.js';
import type { StageInput } from '../stage-transaction.js';
import { LANDMARKS } from './output-names.js';
import type { SealedOutputs } from './sealed-outputs.js';

/** The frames in which extraction found the face, with its landmarks. @throws Error when extraction left no landmarks */
export async function usableFrames(
  outputs: SealedOutputs,
  key: DataKey,
  input: StageInput,
): Promise<AnalysedFrame[]> {
  const bytes = await outputs.readOutput(key, input, input.results.get('extraction'), LANDMARKS);
  if (!bytes) throw new Error('Extraction left no landmarks');
  const stored = new Map(input.frames.map((frame) => [frame.index, frame.blobKey]));
  return Promise.all(
    decodeLandmarks(bytes).map(async (frame) => {
      const encoded = await outputs.read(
        key,
        stored.get(frame.index) ?? '',
        frameAad(input.capture, frame.index),
      );
      return { ...frame, encoded, tMs: 0 };
    }),
  );
}
