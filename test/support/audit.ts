import { TokenKeys } from '#access';
import { type AuditReader, AuditSequencer, recordAudit } from '#audit';
import { newTokenKeys } from '#config';
import type { UnitOfWork } from '#database';

/** A fresh set, as an installation has one. */
export const auditKeys = (): TokenKeys => TokenKeys.parse(newTokenKeys());

export const AUDITOR: AuditReader['actor'] = { kind: 'operator', id: 'auditor' };

export function sequencerOf(unitOfWork: UnitOfWork, batch?: number): AuditSequencer {
  return new AuditSequencer(unitOfWork, {
    batch,
    onError: (error) => {
      throw error;
    },
  });
}

/** Chains all that has committed, of one tenant. */
export async function sequenceAll(unitOfWork: UnitOfWork, tenantId: string): Promise<void> {
  const sequencer = sequencerOf(unitOfWork);
  while ((await sequencer.sequence(tenantId)) > 0);
}

/** Events of a tenant, each a transaction of its own. */
export async function recordEvents(unitOfWork: UnitOfWork, tenantId: string, count: number): Promise<void> {
  for (let number = 1; number <= count; number++)
    await unitOfWork.inTenant(tenantId, (manager) =>
      recordAudit(manager, tenantId, {
        action: 'subject.created',
        outcome: 'success',
        actor: { kind: 'client', id: 'test' },
        target: { kind: 'subject', id: `subject-${number}` },
        detail: { number, ratio: number / 3, text: 'ünïcödé "quoted"', nothing: null, yes: true },
      }),
    );
}
