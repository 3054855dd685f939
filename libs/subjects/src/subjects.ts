import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { type Actor, recordAudit } from '#audit';
import { generateDataKey, type Keyring } from '#crypto';
import { addToOutbox, deferBlobRemoval, type UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import { subjectPrefix } from './blob-prefix.js';
import { ReferenceEntity } from './reference.entity.js';
import { toStoredKey } from './stored-key.js';
import { SubjectEntity } from './subject.entity.js';

export interface Caller {
  readonly tenantId: string;
  readonly actor: Actor;
  readonly correlationId: string;
}

export interface SubjectView {
  readonly id: string;
  readonly createdAt: Date;
  readonly enrolled: boolean;
}

export interface ErasureReport {
  readonly subjectId: string;
  readonly captures: number;
  readonly references: number;
  readonly consents: number;
  /** Ended ones that were still kept too. */
  readonly faceSessions: number;
}

/** Topic of the outbox message that purges an erased capture from the queue. */
export const CAPTURE_ERASED = 'capture.erased';

/** Subjects: created without any personal data, erased without a trace but the audit of it. */
export class Subjects {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly keyring: Keyring,
  ) {}

  async create(caller: Caller): Promise<SubjectView> {
    const { tenantId } = caller;
    const id = uuid();
    const dataKey = generateDataKey();
    const wrapped = await this.keyring.wrap(dataKey, { tenantId, ownerKind: 'subject', ownerId: id });
    dataKey.dispose();
    return this.unitOfWork.inTenant(tenantId, async (manager) => {
      await manager.insert(SubjectEntity, { id, tenantId, wrappedKey: toStoredKey(wrapped) });
      await audit(manager, caller, 'subject.created', id);
      return view(manager, id);
    });
  }

  get(tenantId: string, id: string): Promise<SubjectView> {
    return this.unitOfWork.inTenant(tenantId, (manager) => view(manager, id));
  }

  /**
   * Destroys the subject's data key and deletes every row in one transaction; blobs and queue payloads, unreadable from then
   * on, follow through the reaper and the outbox. The audit trail keeps the opaque id only.
   */
  erase(caller: Caller, id: string): Promise<ErasureReport> {
    const { tenantId } = caller;
    return this.unitOfWork.inTenant(tenantId, async (manager) => {
      await lockSubject(manager, id);
      const captures = await manager.query<{ id: string }[]>(
        'SELECT id FROM captures WHERE subject_id = $1',
        [id],
      );
      const [counts] = await manager.query<[Omit<ErasureReport, 'subjectId' | 'captures'>]>(
        `SELECT (SELECT count(*)::int FROM subject_references WHERE subject_id = $1) AS "references",
                (SELECT count(*)::int FROM consents WHERE subject_id = $1) AS consents,
                (SELECT count(*)::int FROM face_sessions WHERE subject_id = $1) AS "faceSessions"`,
        [id],
      );
      for (const capture of captures) {
        await addToOutbox(manager, tenantId, {
          topic: CAPTURE_ERASED,
          aggregateId: capture.id,
          payloadVersion: 1,
        });
      }
      await manager.delete(SubjectEntity, { id });
      await removeBlobs(manager, tenantId, id);
      const report = { subjectId: id, captures: captures.length, ...counts };
      await audit(manager, caller, 'subject.erased', id, {
        captures: report.captures,
        references: report.references,
        consents: report.consents,
        faceSessions: report.faceSessions,
      });
      return report;
    });
  }
}

/**
 * Takes the subject's row lock: every deed that depends on its enrolment, attempts or existence takes it first, before a capture's.
 * @throws ProblemError subject_not_found
 */
export async function lockSubject(manager: EntityManager, id: string): Promise<SubjectEntity> {
  const subject = await tryLockSubject(manager, id);
  if (!subject) throw new ProblemError('subject_not_found');
  return subject;
}

/**
 * The same for jobs: null when the subject was erased, because then there is nothing left to do. The lock leaves the key alone, so that
 * another subject's decision can name this one meanwhile.
 */
export function tryLockSubject(manager: EntityManager, id: string): Promise<SubjectEntity | null> {
  return manager.findOne(SubjectEntity, { where: { id }, lock: { mode: 'for_no_key_update' } });
}

/** Notes of single captures name the subject too, so they end soon: once no upload that began before can still write. */
async function removeBlobs(manager: EntityManager, tenantId: string, id: string): Promise<void> {
  const prefix = subjectPrefix(tenantId, id);
  await manager.query(
    `UPDATE pending_blobs SET due_at = LEAST(due_at, now() + interval '5 minutes') WHERE starts_with(prefix, $1)`,
    [prefix],
  );
  await deferBlobRemoval(manager, tenantId, prefix, new Date());
}

async function view(manager: EntityManager, id: string): Promise<SubjectView> {
  const subject = await manager.findOneBy(SubjectEntity, { id });
  if (!subject) throw new ProblemError('subject_not_found');
  const enrolled = await manager.existsBy(ReferenceEntity, { subjectId: id });
  return { id, createdAt: subject.createdAt, enrolled };
}

function audit(
  manager: EntityManager,
  caller: Caller,
  action: 'subject.created' | 'subject.erased',
  id: string,
  detail?: Record<string, number>,
): Promise<void> {
  return recordAudit(manager, caller.tenantId, {
    action,
    outcome: 'success',
    actor: caller.actor,
    target: { kind: 'subject', id },
    correlationId: caller.correlationId,
    detail,
  });
}
