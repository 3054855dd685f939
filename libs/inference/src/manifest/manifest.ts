import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const name = z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, 'lower-case letters, digits, dots and dashes');
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits');

const npmSource = z.strictObject({
  type: z.literal('npm'),
  package: z.string().regex(/^(@[a-z0-9-]+\/)?[a-z0-9-]+$/),
  version: z.string().regex(/^\d+\.\d+\.\d+$/, 'one exact version'),
  integrity: z.string().regex(/^sha512-[A-Za-z0-9+/]{86}==$/),
});

/** `baseUrl` is joined with each file's `path`. */
const urlSource = z.strictObject({ type: z.literal('url'), baseUrl: z.url({ protocol: /^https$/ }) });

const file = z.strictObject({
  /** Name in the cache, in a mirror and in an air-gapped folder. */
  name,
  /** Where it lies in the source. */
  path: z
    .string()
    .regex(/^[a-z0-9][a-z0-9./-]*$/)
    .refine((path) => !path.includes('..')),
  sha256,
  bytes: z.int().positive(),
});

const model = z.strictObject({
  id: name,
  /** Changes whenever the same input would give other numbers: weights, repair, or preprocessing. */
  version: z.string().regex(/^\d+\.\d+\.\d+(\+[a-z0-9.]+)?$/),
  use: z.enum(['detection', 'landmarks', 'template', 'depth', 'segmentation']),
  /** The product works without it: what cannot be provisioned is passed over. */
  optional: z.literal(true).optional(),
  source: z.discriminatedUnion('type', [npmSource, urlSource]),
  licence: z.strictObject({ spdx: z.string().min(1), origin: z.string().min(1) }),
  /** The graph's topology; it names the weight files. */
  files: z.array(file).min(1),
  /** Edit of the graph that must be made before use. */
  repair: z.enum(['prelu']).optional(),
  input: z.strictObject({
    /** Batch, height, width, channels; `null` where any size will do. */
    shape: z.tuple([z.int().positive().nullable(), z.int().positive(), z.int().positive(), z.literal(3)]),
    colour: z.literal('RGB'),
    range: z.tuple([z.number(), z.number()]),
  }),
  preprocessing: z.string().min(1),
  /** File with an input recipe and the output expected of it, relative to the manifest. */
  golden: z.string().regex(/^golden\/[a-z0-9.-]+\.json$/),
  /** File with the false match rate at each score, relative to the manifest. */
  calibration: z
    .strictObject({ file: z.string().regex(/^calibration\/[a-z0-9.-]+\.json$/), sha256 })
    .optional(),
});

const manifestSchema = z
  .strictObject({ schemaVersion: z.literal(1), models: z.array(model).min(1) })
  .refine(
    ({ models }) => new Set(models.map(({ id }) => id)).size === models.length,
    'model ids must be unique',
  )
  .refine(
    ({ models }) => models.every(({ files }) => files.filter((f) => f.name.endsWith('.json')).length === 1),
    'each model has one topology',
  )
  .refine(
    ({ models }) => models.every(({ use, optional }) => optional !== true || OPTIONAL_USES.has(use)),
    'decisions rest on this model, so it is not optional',
  );

/** Uses that no decision rests on. */
const OPTIONAL_USES: ReadonlySet<string> = new Set(['depth', 'segmentation']);

export type ModelFile = z.infer<typeof file>;
export type ModelEntry = z.infer<typeof model>;
export type ModelManifest = z.infer<typeof manifestSchema>;

/** A model in use, as a decision names it. */
export interface ModelIdentity {
  readonly id: string;
  readonly version: string;
  /** SHA-256 over the hashes of its files, in the manifest's order. */
  readonly sha256: string;
}

/** A manifest that cannot be used; lists the members at fault. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
}

/**
 * Checks a manifest.
 * @throws {ManifestError} naming every member at fault.
 */
export function parseManifest(value: unknown): ModelManifest {
  const result = manifestSchema.safeParse(value);
  if (result.success) return result.data;
  throw new ManifestError(`the model manifest is not valid:\n${z.prettifyError(result.error)}`);
}

/**
 * Reads the manifest the product ships, or the one at `path`.
 * @throws {ManifestError} when it is missing or not valid.
 */
export function loadManifest(path: string = defaultManifestPath()): ModelManifest {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new ManifestError(`the model manifest ${path} cannot be read`, { cause });
  }
  return parseManifest(value);
}

/** The entry of one model. @throws {ManifestError} when the manifest has none. */
export function modelEntry(manifest: ModelManifest, id: string): ModelEntry {
  const entry = manifest.models.find((candidate) => candidate.id === id);
  if (!entry) throw new ManifestError(`the model manifest has no model ${id}`);
  return entry;
}

/** The identity a decision records for a model. */
export function modelIdentity({ id, version, files }: ModelEntry): ModelIdentity {
  const digest = createHash('sha256');
  for (const { sha256: hash } of files) digest.update(hash);
  return { id, version, sha256: digest.digest('hex') };
}

/** Path of `models/manifest.json`: built files and sources lie at different depths below the project, so it is looked for upwards. */
export function defaultManifestPath(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const path = join(folder, 'models', 'manifest.json');
    if (existsSync(path)) return path;
    if (folder === dirname(folder))
      throw new ManifestError('models/manifest.json is missing from this installation');
  }
}
