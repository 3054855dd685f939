import type { HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import {
  consumersByStage,
  type Installation,
  type InstallationState,
  type WorkerPresence,
} from '#operations';
import type { Platform } from '#platform';
import type { StageQueue } from '#queue';

const DEADLINE_MS = 3_000;
const UNKNOWN = { reason: 'the database does not say' };

type Check = () => PromiseLike<HealthIndicatorResult>;

/** The parts the health of the installation is made of. Their details are for operators: a driver's message may name hosts and users. */
export class HealthParts {
  /** What the API cannot work without, and the queue, without which submissions wait in the outbox. */
  readonly ofReadiness: readonly Check[];
  readonly all: readonly Check[];

  /** @param settings.lateAfterSeconds how long a stage or an outbox message may be due before that is called degraded */
  constructor(
    private readonly indicators: HealthIndicatorService,
    platform: Platform,
    private readonly queue: StageQueue,
    private readonly installation: Installation,
    private readonly settings: { readonly lateAfterSeconds: number },
  ) {
    this.ofReadiness = [
      this.needed('database', () => platform.unitOfWork.ping()),
      this.needed('blobStore', () => platform.blobs.check()),
      () => this.ofQueue(),
    ];
    this.all = [
      ...this.ofReadiness,
      this.ofInstallation('models', ofModels),
      this.ofInstallation('pipeline', (state) => this.ofPipeline(state)),
      this.ofInstallation('outbox', ({ outbox }) => ({
        healthy: outbox.oldestSeconds <= this.settings.lateAfterSeconds,
        detail: { ...outbox },
      })),
    ];
  }

  private needed(key: string, check: () => Promise<void>): Check {
    return () => this.indicators.check(key).attempt(check).withTimeout(DEADLINE_MS);
  }

  private async ofQueue(): Promise<HealthIndicatorResult> {
    const { backend } = this.queue;
    const indicator = this.indicators.check('queue');
    return this.queue.ping().then(
      () => indicator.up({ backend }),
      (error: unknown) => indicator.degraded({ backend, reason: String(error) }),
    );
  }

  private ofInstallation(
    key: string,
    judge: (state: InstallationState) => { healthy: boolean; detail: Record<string, unknown> },
  ): Check {
    return async () => {
      const indicator = this.indicators.check(key);
      const state = await this.installation.state();
      if (!state) return indicator.degraded(UNKNOWN);
      const { healthy, detail } = judge(state);
      return healthy ? indicator.up(detail) : indicator.degraded(detail);
    };
  }

  private ofPipeline(state: InstallationState) {
    const consumers = consumersByStage(state);
    const stages = state.backlog.map((each) => ({ ...each, consumers: consumers[each.stage] }));
    const oldestSeconds = Math.max(...stages.map((stage) => stage.oldestSeconds));
    const unserved = stages.filter((stage) => stage.consumers === 0).map(({ stage }) => stage);
    return {
      healthy: unserved.length === 0 && oldestSeconds <= this.settings.lateAfterSeconds,
      detail: { oldestSeconds, stagesWithoutConsumer: unserved, stages },
    };
  }
}

/** The models that workers loaded and self-tested, and whether all that decide together decide with the same. */
function ofModels({ workers }: InstallationState) {
  const hashes = new Map<string, Set<string>>();
  for (const { id, sha256 } of workers.flatMap(({ models }) => models))
    hashes.set(id, (hashes.get(id) ?? new Set()).add(sha256));
  const disputed = [...hashes].filter(([, known]) => known.size > 1).map(([id]) => id);
  return {
    healthy: disputed.length === 0 && workers.some(hasAllModels),
    detail: { disputed, workers: workers.map((worker) => ({ ...worker })) },
  };
}

function hasAllModels({ models }: WorkerPresence): boolean {
  return models.length > 0 && models.every(({ loaded, optional }) => loaded || optional);
}
