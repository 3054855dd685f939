import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ModelEntry, type ModelFile, modelIdentity } from '../manifest/manifest.js';

/** A model file that is missing or is not what the manifest says; says which and what to do. */
export class ModelFileError extends Error {
  override readonly name = 'ModelFileError';
}

/** Folder of a model inside the cache; its name carries the content's hash, so versions never mix. */
export function modelFolder(cacheDir: string, entry: ModelEntry): string {
  return join(cacheDir, `${entry.id}-${modelIdentity(entry).sha256.slice(0, 16)}`);
}

/**
 * Reads a model file and checks it against the manifest.
 * @param origin where the bytes came from, for the message.
 * @throws {ModelFileError} when size or SHA-256 differ, or the file is missing.
 */
export async function readVerified(path: string, file: ModelFile, origin: string = path): Promise<Buffer> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new ModelFileError(
      `model file ${file.name} cannot be read from ${origin}; provision the models again`,
      { cause },
    );
  });
  checkContent(bytes, file, origin);
  return bytes;
}

/** @throws {ModelFileError} unless `bytes` have the size and SHA-256 the manifest gives. */
export function checkContent(bytes: Uint8Array, file: ModelFile, origin: string): void {
  const hash = createHash('sha256').update(bytes).digest('hex');
  if (bytes.length === file.bytes && hash === file.sha256) return;
  throw new ModelFileError(
    `model file ${file.name} from ${origin} is not the one the manifest names ` +
      `(${bytes.length} bytes, SHA-256 ${hash}; expected ${file.bytes} bytes, SHA-256 ${file.sha256}); ` +
      'nothing was installed: delete it there, and provision again from a source you trust',
  );
}
