/** Back ends in the order they are tried. */
export const BACKEND_NAMES = ['tensorflow', 'webgpu', 'wasm'] as const;
export type BackendName = (typeof BACKEND_NAMES)[number];

/** One way to run the networks. */
export interface InferenceBackend {
  readonly name: BackendName;
  /**
   * Loads what it needs and makes it the active back end of TensorFlow.js in this thread.
   * @throws {BackendUnavailableError} when this machine or installation cannot run it.
   */
  activate(): Promise<void>;
}

/** A back end cannot be used here; the message says why and what to do. */
export class BackendUnavailableError extends Error {
  override readonly name = 'BackendUnavailableError';

  constructor(
    readonly backend: BackendName,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`inference back end ${backend}: ${reason}`, options);
  }
}

/**
 * Imports a package that an installation may leave out.
 * @throws {BackendUnavailableError} when it is not installed or cannot be loaded on this machine.
 */
export async function importOptional<Module>(backend: BackendName, name: string): Promise<Module> {
  try {
    return (await import(name)) as Module;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
    throw new BackendUnavailableError(
      backend,
      `package ${name} ${missing ? 'is not installed' : 'cannot be loaded on this machine'}`,
      { cause },
    );
  }
}
