import { type BackendName } from '../backends/backend.js';
import { type ModelIdentity } from '../manifest/manifest.js';

/** What a thread needs to start. */
export interface ThreadSetup {
  readonly modelsDir: string;
  readonly backend?: BackendName | undefined;
  readonly manifestPath?: string | undefined;
}

/** What a thread reports once, when its models are loaded and tested, or cannot be. */
export type ThreadReport =
  | {
      readonly kind: 'ready';
      readonly threadId: number;
      readonly backend: BackendName;
      readonly models: readonly ModelIdentity[];
    }
  | { readonly kind: 'failed'; readonly reason: string };

/** One capture. */
export interface ThreadTask {
  readonly frames: readonly Uint8Array[];
}
