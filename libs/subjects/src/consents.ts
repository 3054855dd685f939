import { type EntityManager, IsNull } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { recordAudit } from '#audit';
import type { Purpose } from '#biometrics';
import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import { ConsentEntity } from './consent.entity.js';
import { SubjectEntity } from './subject.entity.js';
import { type Caller, lockSubject } from './subjects.js';

/** What ends together with a consent that is withdrawn, in the same transaction, under the subject's lock. */
export type OnWithdrawal = (
  manager: EntityManager,
  caller: Caller,
  withdrawn: { readonly subjectId: string; readonly purpose: Purpose },
) => Promise<void>;

/** Records and withdraws consent per purpose (GDPR Art. 7: withdrawn as easily as given). */
export class Consents {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly onWithdrawal: OnWithdrawal,
  ) {}

  /** Giving the same consent again, under the same notice, returns the one that holds; a newer notice replaces it. */
  give(
    caller: Caller,
    subjectId: string,
    consent: { purpose: Purpose; noticeVersion: string },
  ): Promise<ConsentEntity> {
    return this.unitOfWork.inTenant(caller.tenantId, async (manager) => {
      await lockSubject(manager, subjectId);
      const active = await manager.findOneBy(ConsentEntity, {
        subjectId,
        purpose: consent.purpose,
        withdrawnAt: IsNull(),
      });
      if (active?.noticeVersion === consent.noticeVersion) return active;
      if (active) await end(manager, caller, active);
      const id = uuid();
      await manager.insert(ConsentEntity, { id, tenantId: caller.tenantId, subjectId, ...consent });
      await audit(manager, caller, 'consent.given', id, {
        purpose: consent.purpose,
        noticeVersion: consent.noticeVersion,
      });
      return manager.findOneByOrFail(ConsentEntity, { id });
    });
  }

  list(tenantId: string, subjectId: string): Promise<ConsentEntity[]> {
    return this.unitOfWork.inTenant(tenantId, async (manager) => {
      if (!(await manager.existsBy(SubjectEntity, { id: subjectId })))
        throw new ProblemError('subject_not_found');
      return manager.find(ConsentEntity, { where: { subjectId }, order: { id: 'ASC' } });
    });
  }

  /** Withdrawing twice is no error: the result the subject wants already holds. */
  withdraw(caller: Caller, subjectId: string, consentId: string): Promise<void> {
    return this.unitOfWork.inTenant(caller.tenantId, async (manager) => {
      await lockSubject(manager, subjectId);
      const consent = await manager.findOneBy(ConsentEntity, { id: consentId, subjectId });
      if (!consent) throw new ProblemError('consent_not_found');
      if (consent.withdrawnAt) return;
      await end(manager, caller, consent);
      await this.onWithdrawal(manager, caller, consent);
    });
  }
}

/** @throws ProblemError consent_required when no consent for the purpose holds at this moment */
export async function requireConsent(
  manager: EntityManager,
  subjectId: string,
  purpose: Purpose,
): Promise<void> {
  const holds = await manager.existsBy(ConsentEntity, { subjectId, purpose, withdrawnAt: IsNull() });
  if (!holds) throw new ProblemError('consent_required');
}

async function end(manager: EntityManager, caller: Caller, consent: ConsentEntity): Promise<void> {
  await manager.update(ConsentEntity, { id: consent.id }, { withdrawnAt: new Date() });
  await audit(manager, caller, 'consent.withdrawn', consent.id, { purpose: consent.purpose });
}

function audit(
  manager: EntityManager,
  caller: Caller,
  action: 'consent.given' | 'consent.withdrawn',
  id: string,
  detail: Record<string, string>,
): Promise<void> {
  return recordAudit(manager, caller.tenantId, {
    action,
    outcome: 'success',
    actor: caller.actor,
    target: { kind: 'consent', id },
    correlationId: caller.correlationId,
    detail,
  });
}
