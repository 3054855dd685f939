import type { Installation } from './installation.js';

/** What the running workers have loaded, named as templates name their model; null when none of them says so, or the database does not. */
export async function loadedModels(
  installation: Pick<Installation, 'state'>,
): Promise<ReadonlySet<string> | null> {
  const workers = (await installation.state())?.workers ?? [];
  const loaded = workers.flatMap(({ models }) => models).filter((model) => model.loaded);
  return loaded.length > 0 ? new Set(loaded.map(({ id, version }) => `${id}@${version}`)) : null;
}
