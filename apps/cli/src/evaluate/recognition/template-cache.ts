import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { decodeTemplate, encodeTemplate, QUALITY_COMPONENTS } from '#biometrics';
import type { ModelIdentity, PhotographExtraction } from '#inference';

/** The libs whose code decides what a picture's template is. */
const CODE = ['biometrics', 'pictures', 'inference'] as const;
/** Built files and sources lie at the same place relative to each other. */
const LIBS = join(import.meta.dirname, '../../../../../libs');

const entrySchema = z.object({
  status: z.enum(['ok', 'no_face', 'multiple_faces', 'unreadable']),
  template: z.base64().nullable(),
  quality: z.record(z.enum(QUALITY_COMPONENTS), z.number()).nullable(),
});

/**
 * What was extracted from pictures before, so that an evaluation that was cut off goes on where it was. The key is the picture's bytes,
 * the models, the back end and the very code, so nothing old is ever mistaken for new. Entries hold templates: the folder is private.
 */
export class TemplateCache {
  private constructor(
    private readonly folder: string,
    private readonly context: string,
  ) {}

  static async open(
    folder: string,
    engine: { readonly backend: string; readonly models: readonly ModelIdentity[] },
  ): Promise<TemplateCache> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const models = engine.models.map(({ id, version, sha256 }) => `${id}@${version}:${sha256}`);
    return new TemplateCache(folder, [engine.backend, ...models, await codeDigest()].join('\n'));
  }

  /** @returns null when there is no entry, or one that cannot be read: then it is made again */
  async get(picture: Uint8Array): Promise<PhotographExtraction | null> {
    try {
      const { status, template, quality } = entrySchema.parse(
        JSON.parse(await readFile(this.pathOf(picture), 'utf8')),
      );
      return {
        status,
        template: template === null ? null : decodeTemplate(Buffer.from(template, 'base64')),
        quality: quality,
      };
    } catch {
      return null;
    }
  }

  /** Written beside and moved into place, so that no reader ever sees half an entry. */
  async put(picture: Uint8Array, { status, template, quality }: PhotographExtraction): Promise<void> {
    const path = this.pathOf(picture);
    const entry = {
      status,
      template: template && Buffer.from(encodeTemplate(template)).toString('base64'),
      quality,
    };
    const staging = `${path}.${randomUUID()}`;
    try {
      await writeFile(staging, JSON.stringify(entry), { mode: 0o600 });
      await rename(staging, path);
    } finally {
      await rm(staging, { force: true });
    }
  }

  private pathOf(picture: Uint8Array): string {
    const key = createHash('sha256').update(this.context).update('\n').update(picture).digest('hex');
    return join(this.folder, `${key}.json`);
  }
}

/** SHA-256 over the files of the libs that extract. */
async function codeDigest(): Promise<string> {
  const digest = createHash('sha256');
  for (const lib of CODE) {
    const folder = join(LIBS, lib, 'src');
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile() && /\.[jt]s$/.test(entry.name))
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort();
    for (const file of files) digest.update(file.slice(folder.length)).update(await readFile(file));
  }
  return digest.digest('hex');
}
