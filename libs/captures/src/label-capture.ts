import { recordAudit } from '#audit';
import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import type { Caller } from '#subjects';
import { findCapture } from './capture.repository.js';
import { DecisionEntity } from './entities/decision.entity.js';

/** What a capture really was: of the same or another person (a bona fide presentation either way), or an attack. */
export const CAPTURE_LABELS = ['mated', 'non_mated', 'bona_fide', 'attack'] as const;
export type CaptureLabel = (typeof CAPTURE_LABELS)[number];

export interface Labelling {
  readonly label: CaptureLabel;
  /** The presentation attack instrument's species; of attacks only. */
  readonly species?: string | undefined;
}

/** Says afterwards what a decided capture really was, so that error rates can be counted; the last word holds. */
export class LabelCapture {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws ProblemError validation_failed, capture_not_found, capture_state_conflict, label_not_applicable */
  execute(caller: Caller, captureId: string, { label, species }: Labelling): Promise<void> {
    if (species !== undefined && label !== 'attack')
      throw new ProblemError('validation_failed', {
        errors: [{ member: 'species', rule: 'belongs to the label attack' }],
      });
    return this.unitOfWork.inTenant(caller.tenantId, async (manager) => {
      await findCapture(manager, captureId);
      const decision = await manager.findOneBy(DecisionEntity, { captureId });
      if (!decision) throw new ProblemError('capture_state_conflict');
      if ((label === 'mated' || label === 'non_mated') && decision.score === null)
        throw new ProblemError('label_not_applicable');
      await manager.query(
        `INSERT INTO capture_labels (capture_id, tenant_id, label, species) VALUES ($1, $2, $3, $4)
         ON CONFLICT (capture_id) DO UPDATE SET label = EXCLUDED.label, species = EXCLUDED.species, labelled_at = now()`,
        [captureId, caller.tenantId, label, species ?? null],
      );
      await recordAudit(manager, caller.tenantId, {
        action: 'capture.labelled',
        outcome: 'success',
        actor: caller.actor,
        target: { kind: 'capture', id: captureId },
        correlationId: caller.correlationId,
        detail: { label, species: species ?? null },
      });
    });
  }
}
