import { DEPTH_MODELS, type InferencePool, loadManifest, modelIdentity } from '#inference';
import type { KnownModel } from '#operations';

/** What a worker computes with; empty where its stages need no inference. */
export interface Engine {
  readonly backend: string | null;
  readonly models: readonly KnownModel[];
}

/** Every model of the manifest, and whether the threads have loaded it and seen it pass its self-test. */
export function engineOf(pool: InferencePool | null, manifestPath: string | undefined): Engine {
  if (!pool) return { backend: null, models: [] };
  const depth = pool.estimatesDepth ? Object.values(DEPTH_MODELS) : [];
  const loaded = new Set<string>([...pool.models.map(({ id }) => id), ...depth]);
  const models = loadManifest(manifestPath).models.map((entry) => ({
    ...modelIdentity(entry),
    optional: entry.optional ?? false,
    loaded: loaded.has(entry.id),
  }));
  return { backend: pool.backend, models };
}
