import { AuditCheckpoints, AuditSequencer, BrokenChainError } from '#audit';
import type { Config } from '#config';
import type { UnitOfWork } from '#database';
import type { Logger } from '#observability';
import { auditKeysOf } from '#platform';

const SEQUENCE_INTERVAL_MS = 1_000;
const LOOK_INTERVAL_MS = 60_000;

interface Task {
  readonly name: string;
  readonly intervalMs: number;
  /** @returns more than 0 when it wants to go on at once */
  readonly run: () => Promise<number>;
}

/** What every worker does for the audit trail, as often as it may without being in another's way: places events, signs checkpoints. */
export function auditTasks(
  config: Config,
  unitOfWork: UnitOfWork,
  logger: Logger,
  onVerified: (valid: boolean) => void,
): Task[] {
  const sequencer = new AuditSequencer(unitOfWork, {
    onError: (error, tenantId) => logger.error({ err: error, tenantId }, 'audit events not chained'),
  });
  const checkpoints = new AuditCheckpoints(unitOfWork, auditKeysOf(config));
  const intervalMs = config.AUDIT_CHECKPOINT_INTERVAL_MS;

  const checkpoint = async (tenantId: string): Promise<void> => {
    try {
      await checkpoints.create(tenantId);
      onVerified(true);
    } catch (error) {
      if (error instanceof BrokenChainError) onVerified(false);
      logger.error({ err: error, tenantId }, 'no audit checkpoint');
    }
  };

  return [
    { name: 'audit sequencer', intervalMs: SEQUENCE_INTERVAL_MS, run: () => sequencer.sequenceDue() },
    {
      name: 'audit checkpoints',
      intervalMs: Math.min(intervalMs, LOOK_INTERVAL_MS),
      run: async () => {
        for (const tenantId of await checkpoints.due(intervalMs)) await checkpoint(tenantId);
        return 0;
      },
    },
  ];
}
