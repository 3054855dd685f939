import { type PriorDepthMap } from '#biometrics';
import { type BackendName } from '../backends/backend.js';
import { type ExtractionResult, type PhotographExtraction } from '../extraction/extraction.js';
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
      /** Whether the optional depth models were provisioned. */
      readonly estimatesDepth: boolean;
    }
  | { readonly kind: 'failed'; readonly reason: string };

/** The encoded frames of one capture, or one encoded picture. */
export type ThreadTask =
  | { readonly kind: 'extract'; readonly frames: readonly Uint8Array[] }
  | { readonly kind: 'photograph' | 'depth'; readonly picture: Uint8Array };

export type ThreadResult = ExtractionResult | PhotographExtraction | PriorDepthMap | null;
