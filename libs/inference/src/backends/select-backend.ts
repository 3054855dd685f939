import { BackendUnavailableError, type BackendName, type InferenceBackend } from './backend.js';
import { TensorflowBackend } from './tensorflow.backend.js';
import { WasmBackend } from './wasm.backend.js';
import { WebGpuBackend } from './webgpu.backend.js';

/** All back ends, fastest first. */
export const defaultBackends = (): InferenceBackend[] => [
  new TensorflowBackend(),
  new WebGpuBackend(),
  new WasmBackend(),
];

/** No back end could be used; lists what was tried and why each was refused. */
export class NoBackendError extends Error {
  override readonly name = 'NoBackendError';
}

export interface SelectedBackend<Engine> {
  readonly name: BackendName;
  readonly engine: Engine;
  /** Why faster ones were passed over. */
  readonly refused: readonly string[];
}

/**
 * Activates the first back end that loads and on which `build` (loading and self-testing the networks) succeeds.
 * @param forced when given, only this one is tried.
 * @throws {NoBackendError} when none passes; `cause` is the last failure.
 */
export async function selectBackend<Engine>(
  build: (backend: BackendName) => Promise<Engine>,
  {
    forced,
    backends = defaultBackends(),
  }: { forced?: BackendName | undefined; backends?: readonly InferenceBackend[] } = {},
): Promise<SelectedBackend<Engine>> {
  const refused: string[] = [];
  let cause: unknown;
  for (const backend of backends) {
    if (forced && backend.name !== forced) continue;
    try {
      await backend.activate();
      return { name: backend.name, engine: await build(backend.name), refused };
    } catch (error) {
      cause = error;
      refused.push(
        error instanceof BackendUnavailableError
          ? error.message
          : `inference back end ${backend.name}: ${messageOf(error)}`,
      );
    }
  }
  const asked = forced
    ? `the inference back end ${forced} was asked for but cannot be used`
    : 'no inference back end can be used';
  throw new NoBackendError(`${asked}: ${refused.join('; ')}`, { cause });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
