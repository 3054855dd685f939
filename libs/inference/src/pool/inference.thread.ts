import { parentPort, threadId, workerData } from 'node:worker_threads';
import { decodeFrame } from '#pictures';
import { loadDepthEstimator } from '../depth/load-depth-estimator.js';
import { InferenceEngine } from '../engine/inference-engine.js';
import { Extractor } from '../extraction/extractor.js';
import {
  type ThreadReport,
  type ThreadResult,
  type ThreadSetup,
  type ThreadTask,
} from './thread-protocol.js';

type Handler = (task: ThreadTask) => Promise<ThreadResult>;

/** Piscina gives the thread no work before this has resolved. */
async function start(setup: ThreadSetup): Promise<Handler> {
  try {
    const engine = await InferenceEngine.start(setup);
    const extractor = new Extractor(engine.networks);
    const estimator = await loadDepthEstimator(setup);
    const estimatesDepth = estimator !== null;
    report({ kind: 'ready', threadId, backend: engine.backend, models: engine.models, estimatesDepth });
    return async (task) => {
      if (task.kind === 'extract') return extractor.extract(task.frames);
      if (task.kind === 'photograph') return extractor.photograph(task.picture);
      const image = await decodeFrame(task.picture);
      return image && estimator ? estimator.estimate(image) : null;
    };
  } catch (error) {
    const cause = error instanceof Error ? error : new Error(String(error));
    report({ kind: 'failed', reason: cause.message });
    // Thrown here, it could overtake the report; thrown by each call, one that was replaced later fails at once, too.
    return () => Promise.reject(cause);
  }
}

function report(message: ThreadReport): void {
  parentPort?.postMessage(message);
}

export default start(workerData as ThreadSetup);
