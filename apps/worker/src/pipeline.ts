import { AnalysisPool } from '#analysis';
import {
  type CaptureAnalyser,
  DecisionStage,
  ExtractionStage,
  type FaceExtractor,
  FrameAnalysisStage,
  LivenessStage,
  Pipeline,
  RecentCaptures,
  SealedOutputs,
  StageTransactions,
} from '#captures';
import type { Calibration } from '#biometrics';
import type { Config } from '#config';
import { endSessionsWithReferences } from '#face-sessions';
import { InferencePool, isDepthProvisioned, loadCalibration, loadManifest } from '#inference';
import type { Logger } from '#observability';
import type { ComputeMetrics } from '#operations';
import type { Platform } from '#platform';
import { type Engine, engineOf } from './engine.js';
import { InferenceExtractor } from './inference-extractor.js';
import { PoolAnalyser } from './pool-analyser.js';
import type { WorkerMetrics } from './worker-metrics.js';

const ORPHAN_AFTER_MS = 3_600_000;

export type OnClose = (close: () => Promise<unknown>) => void;

/** The stages over threads that compute them; a worker starts only the threads that its own stages need. */
export async function createPipeline(
  config: Config,
  logger: Logger,
  { unitOfWork, keyring, blobs }: Platform,
  metrics: WorkerMetrics,
  onClose: OnClose,
): Promise<{ pipeline: Pipeline; decision: DecisionStage; engine: Engine }> {
  const runs = (...stages: Config['WORKER_STAGES']) =>
    stages.some((stage) => config.WORKER_STAGES.includes(stage));
  const { compute } = metrics;
  const inference =
    runs('extraction') || (runs('depth') && config.ARTIFACTS && isDepthProvisioned(modelsOf(config)))
      ? await startInference(config, logger, compute, onClose)
      : null;
  const extractor = inference ? new InferenceExtractor(inference, compute) : absentExtractor;
  const analyser = runs('depth', 'mesh', 'liveness')
    ? await startAnalyser(config, inference, compute, onClose)
    : absentAnalyser;

  const outputs = new SealedOutputs(unitOfWork, keyring, blobs, { orphanAfterMs: ORPHAN_AFTER_MS });
  const deadline = { deadlineMs: config.INFERENCE_DEADLINE_MS };
  const drawing = { ...deadline, artifacts: config.ARTIFACTS };
  const decision = new DecisionStage(unitOfWork, keyring, outputs, {
    calibrationOf: calibrations(config.MODELS_MANIFEST),
    frameRetention: { defaultMs: config.FRAME_RETENTION_MS, maxMs: config.FRAME_RETENTION_MAX_MS },
    onReferencesReplaced: endSessionsWithReferences,
    onDecided: (facts) => metrics.decisions.decided(facts),
  });
  const pipeline = new Pipeline(
    new StageTransactions(unitOfWork, { checkAfterMs: config.SWEEP_CHECK_AFTER_MS }),
    {
      extraction: new ExtractionStage(outputs, extractor, deadline),
      depth: new FrameAnalysisStage(outputs, (frames) => analyser.depth(frames, drawing)),
      mesh: new FrameAnalysisStage(outputs, (frames) => analyser.mesh(frames, drawing)),
      liveness: new LivenessStage(outputs, keyring, analyser, new RecentCaptures(unitOfWork), deadline),
    },
    decision,
  );
  return { pipeline, decision, engine: engineOf(inference, config.MODELS_MANIFEST) };
}

/** Reads what the manifest tells of its models' scores, once. @throws ManifestError on a file that was altered: better no worker than wrong bounds */
function calibrations(manifestPath: string | undefined): (modelId: string) => Calibration | null {
  const known = new Map<string, Calibration>();
  for (const entry of loadManifest(manifestPath).models) {
    const calibration = loadCalibration(entry, manifestPath);
    if (calibration) known.set(calibration.modelId, calibration);
  }
  return (modelId) => known.get(modelId) ?? null;
}

const modelsOf = (config: Config) => ({
  modelsDir: config.MODELS_DIR,
  manifestPath: config.MODELS_MANIFEST,
});

async function startInference(
  config: Config,
  logger: Logger,
  metrics: ComputeMetrics,
  onClose: OnClose,
): Promise<InferencePool> {
  const pool = await InferencePool.start({
    ...modelsOf(config),
    backend: config.INFERENCE_BACKEND,
    threads: config.INFERENCE_THREADS,
    maxQueue: config.WORKER_CONCURRENCY,
  });
  onClose(() => pool.close());
  metrics.watch('inference', pool);
  const models = pool.models.map(({ id }) => id);
  logger.info({ backend: pool.backend, models, neuralDepth: pool.estimatesDepth }, 'inference ready');
  return pool;
}

async function startAnalyser(
  config: Config,
  inference: InferencePool | null,
  metrics: ComputeMetrics,
  onClose: OnClose,
): Promise<CaptureAnalyser> {
  const pool = await AnalysisPool.start({
    threads: config.INFERENCE_THREADS,
    maxQueue: 3 * config.WORKER_CONCURRENCY,
  });
  onClose(() => pool.close());
  metrics.watch('analysis', pool);
  return inference?.estimatesDepth
    ? new PoolAnalyser(pool, metrics, (picture, options) => inference.estimateDepth(picture, options))
    : new PoolAnalyser(pool, metrics);
}

const absent = () => Promise.reject(new Error('This worker does not run that stage'));
const absentExtractor: FaceExtractor = { models: [], extract: absent };
const absentAnalyser: CaptureAnalyser = { depth: absent, mesh: absent, liveness: absent };
