import { type Pipeline, StageFailure } from '#captures';
import type { Logger } from '#observability';
import type { StageMetrics } from '#operations';
import type { Stage, StageHandler } from '#queue';

/** Hands the jobs of one stage to the pipeline; logs and counts how each attempt ended. */
export function stageHandler(
  stage: Stage,
  pipeline: Pipeline,
  logger: Logger,
  metrics: StageMetrics,
): StageHandler {
  return async (job, { attempt, lastAttempt, signal }) => {
    const { captureId, generation } = job;
    const began = performance.now();
    try {
      const report = await pipeline.handle(stage, job, { lastAttempt, signal });
      const { correlationId, result, durationMs, waitMs } = report;
      metrics.attempted(stage, result, durationMs, waitMs);
      logger.info({ correlationId, captureId, generation, stage, result, durationMs }, 'stage');
    } catch (error) {
      metrics.attempted(stage, lastAttempt ? 'failed' : 'retried', performance.now() - began, null);
      const { cause, correlationId } =
        error instanceof StageFailure ? error : { cause: error, correlationId: null };
      logger.warn(
        { err: cause, correlationId, captureId, generation, stage, attempt },
        'stage attempt failed',
      );
      throw error;
    }
  };
}
