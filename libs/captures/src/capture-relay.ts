import type { TopicHandler, UnitOfWork } from '#database';
import type { StageQueue } from '#queue';
import { CAPTURE_ERASED } from '#subjects';
import { isInFlight } from './capture.state.js';
import { CaptureEntity } from './entities/capture.entity.js';
import { CAPTURE_SUBMITTED } from './submit-capture.js';

/** More generations than any capture reaches before its deadline; purging a generation that never was costs little. */
const MAX_GENERATIONS = 16;

/** What the relay does with the outbox messages of captures. */
export function captureTopics(
  unitOfWork: UnitOfWork,
  queue: Pick<StageQueue, 'enqueue' | 'purge'>,
): Record<string, TopicHandler> {
  return {
    /** Queues the *current* generation: a message may be relayed late, or twice. */
    [CAPTURE_SUBMITTED]: async ({ tenantId, aggregateId: captureId }) => {
      const capture = await unitOfWork.inTenant(tenantId, (manager) =>
        manager.findOneBy(CaptureEntity, { id: captureId }),
      );
      if (!capture || !isInFlight(capture.state)) return;
      await queue.enqueue({ tenantId, captureId, generation: capture.flowGeneration });
    },
    [CAPTURE_ERASED]: async ({ aggregateId }) => {
      await queue.purge(aggregateId, MAX_GENERATIONS);
    },
  };
}
