import { type PriorDepthMap } from '#biometrics';
import { depthTask } from './depth.task.js';
import { type LivenessOrder, livenessTask } from './liveness.task.js';
import { meshTask } from './mesh.task.js';
import { type CaptureFrame, type DepthResult, type LivenessResult, type MeshResult } from './results.js';

/** One piece of work for a thread. */
export type AnalysisTask = { readonly frames: readonly CaptureFrame[] } & (
  | { readonly kind: 'depth'; readonly artifacts: boolean; readonly prior: PriorDepthMap | null }
  | { readonly kind: 'mesh'; readonly artifacts: boolean }
  | ({ readonly kind: 'liveness' } & LivenessOrder)
);

export type AnalysisResult = DepthResult | MeshResult | LivenessResult;

/** Does the work. @throws {RangeError} when frames or landmarks cannot be analysed. */
export function runTask(task: AnalysisTask): Promise<AnalysisResult> {
  switch (task.kind) {
    case 'depth':
      return depthTask(task.frames, task.artifacts, task.prior);
    case 'mesh':
      return meshTask(task.frames, task.artifacts);
    case 'liveness':
      return livenessTask(task);
  }
}
