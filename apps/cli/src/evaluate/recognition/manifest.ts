import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, extname, join, relative, resolve, sep } from 'node:path';
import { z } from 'zod';

/** One picture to evaluate. */
export interface LabelledPicture {
  /** As the report names it. */
  readonly path: string;
  readonly identity: string;
  /** Further members of the manifest's entry, as text. */
  readonly groups: Readonly<Record<string, string>>;
  readonly read: () => Promise<Uint8Array>;
}

const EXTENSIONS = new Set(['.jpg', '.jpeg', '.png', '.webp']);

const manifestSchema = z
  .array(
    z
      .object({ path: z.string().min(1), identity: z.string().min(1) })
      .catchall(z.union([z.string(), z.number(), z.boolean()]).transform(String)),
  )
  .min(1);

/**
 * Reads what is to be evaluated: a JSON file `[{ "path", "identity", … }]` with paths relative to it, or a folder with a folder of
 * pictures for each person.
 * @throws Error that says what is wrong with either
 */
export async function labelledPictures(source: string): Promise<LabelledPicture[]> {
  const found = await stat(source).catch(() => null);
  if (!found) throw new Error(`${source} is neither a manifest nor a folder`);
  return found.isDirectory() ? fromFolder(source) : fromManifest(source);
}

async function fromManifest(file: string): Promise<LabelledPicture[]> {
  const parsed = manifestSchema.safeParse(parseJson(file, await readFile(file, 'utf8')));
  if (!parsed.success) throw new Error(`${file} is not a manifest:\n${z.prettifyError(parsed.error)}`);
  return parsed.data.map(({ path, identity, ...groups }) => ({
    path,
    identity,
    groups,
    read: () => readFile(resolve(dirname(file), path)),
  }));
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${file} is not JSON: a manifest is [{ "path": "…", "identity": "…" }, …]`);
  }
}

async function fromFolder(folder: string): Promise<LabelledPicture[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const pictures = entries
    .filter((entry) => entry.isFile() && EXTENSIONS.has(extname(entry.name).toLowerCase()))
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
    .filter((path) => path.includes(sep))
    .sort();
  if (pictures.length === 0)
    throw new Error(`${folder} holds no folder with JPEG, PNG or WebP pictures; each person needs one`);
  return pictures.map((path) => ({
    path,
    identity: path.split(sep)[0] as string,
    groups: {},
    read: () => readFile(join(folder, path)),
  }));
}
