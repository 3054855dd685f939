export { type DepthEstimator } from './depth/depth-estimator.js';
export {
  DEPTH_MODELS,
  type DepthEstimatorOptions,
  isDepthProvisioned,
  loadDepthEstimator,
} from './depth/load-depth-estimator.js';
export { BACKEND_NAMES, type BackendName, BackendUnavailableError } from './backends/backend.js';
export { NoBackendError } from './backends/select-backend.js';
export { GoldenMismatchError } from './engine/golden.js';
export { type EngineOptions, InferenceEngine } from './engine/inference-engine.js';
export { recordGoldens } from './engine/record-goldens.js';
export { type TemplateTime, timeTemplate } from './engine/time-template.js';
export {
  type DetectorName,
  type ExtractionResult,
  type ExtractionTimings,
  type FrameExtraction,
  type PhotographExtraction,
} from './extraction/extraction.js';
export { Extractor } from './extraction/extractor.js';
export { type CalibrationFile, calibrationSchema, loadCalibration } from './manifest/calibration.js';
export {
  defaultManifestPath,
  loadManifest,
  ManifestError,
  type ModelEntry,
  modelEntry,
  type ModelIdentity,
  modelIdentity,
  type ModelManifest,
  parseManifest,
} from './manifest/manifest.js';
export { ModelFileError } from './store/model-files.js';
export { ModelStore, type ProvisionOptions, type ProvisionProgress } from './store/model-store.js';
export {
  type ExtractOptions,
  InferencePool,
  type InferencePoolOptions,
  InferenceStartError,
} from './pool/inference-pool.js';
export { InferencePoolError, type InferencePoolFailure } from './pool/inference-pool-error.js';
