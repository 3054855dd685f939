export { type AnalysisCall, AnalysisPool, type AnalysisPoolOptions } from './pool/analysis-pool.js';
export { AnalysisPoolError, type AnalysisPoolFailure } from './pool/analysis-pool-error.js';
export { bestFrame } from './tasks/best-frame.js';
export {
  type Artifact,
  type ArtifactName,
  type CaptureFrame,
  type DepthResult,
  type LivenessResult,
  type MeshResult,
} from './tasks/results.js';
