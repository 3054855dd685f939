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
import type { Config } from '#config';
import { InferencePool } from '#inference';
import type { Logger } from '#observability';
import type { Platform } from '#platform';
import { InferenceExtractor } from './inference-extractor.js';
import { PoolAnalyser } from './pool-analyser.js';

const ORPHAN_AFTER_MS = 3_600_000;

export type OnClose = (close: () => Promise<unknown>) => void;

/** The stages over threads that compute them; a worker starts only the threads that its own stages need. */
export async function createPipeline(
  config: Config,
  logger: Logger,
  { unitOfWork, keyring, blobs }: Platform,
  onClose: OnClose,
): Promise<{ pipeline: Pipeline; decision: DecisionStage }> {
  const runs = (...stages: Config['WORKER_STAGES']) =>
    stages.some((stage) => config.WORKER_STAGES.includes(stage));
  const extractor = runs('extraction') ? await startExtractor(config, logger, onClose) : absentExtractor;
  const analyser = runs('depth', 'mesh', 'liveness') ? await startAnalyser(config, onClose) : absentAnalyser;

  const outputs = new SealedOutputs(unitOfWork, keyring, blobs, { orphanAfterMs: ORPHAN_AFTER_MS });
  const deadline = { deadlineMs: config.INFERENCE_DEADLINE_MS };
  const drawing = { ...deadline, artifacts: config.ARTIFACTS };
  const decision = new DecisionStage(unitOfWork, outputs, { frameRetentionMs: config.FRAME_RETENTION_MS });
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
  return { pipeline, decision };
}

async function startExtractor(config: Config, logger: Logger, onClose: OnClose): Promise<FaceExtractor> {
  const pool = await InferencePool.start({
    modelsDir: config.MODELS_DIR,
    backend: config.INFERENCE_BACKEND,
    threads: config.INFERENCE_THREADS,
    maxQueue: config.WORKER_CONCURRENCY,
  });
  onClose(() => pool.close());
  logger.info({ backend: pool.backend, models: pool.models.map(({ id }) => id) }, 'inference ready');
  return new InferenceExtractor(pool);
}

async function startAnalyser(config: Config, onClose: OnClose): Promise<CaptureAnalyser> {
  const pool = await AnalysisPool.start({
    threads: config.INFERENCE_THREADS,
    maxQueue: 3 * config.WORKER_CONCURRENCY,
  });
  onClose(() => pool.close());
  return new PoolAnalyser(pool);
}

const absent = () => Promise.reject(new Error('This worker does not run that stage'));
const absentExtractor: FaceExtractor = { models: [], extract: absent };
const absentAnalyser: CaptureAnalyser = { depth: absent, mesh: absent, liveness: absent };
