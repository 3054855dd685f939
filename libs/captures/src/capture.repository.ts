import type { EntityManager } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import { addToOutbox } from '#database';
import { ProblemError } from '#errors';
import { SubjectEntity, type StoredKey } from '#subjects';
import { type CaptureState, isEnded, sourcesOf } from './capture.state.js';
import { CaptureEntity } from './entities/capture.entity.js';
import { endTopic } from './events/capture-end.js';

/** @throws ProblemError capture_not_found — also for another tenant's capture, which row level security hides */
export async function findCapture(manager: EntityManager, id: string): Promise<CaptureEntity> {
  const capture = await manager.findOneBy(CaptureEntity, { id });
  if (!capture) throw new ProblemError('capture_not_found');
  return capture;
}

/** The capture's row, locked until the transaction ends; null when it was erased. Take the subject's lock first if both are needed. */
export function lockCapture(manager: EntityManager, id: string): Promise<CaptureEntity | null> {
  return manager.findOne(CaptureEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
}

/** The wrapped data key that seals the capture: its own, or its subject's. @throws ProblemError capture_not_found */
export async function storedKeyOf(manager: EntityManager, capture: CaptureEntity): Promise<StoredKey> {
  if (capture.wrappedKey) return capture.wrappedKey;
  const subject = await manager.findOneBy(SubjectEntity, { id: capture.subjectId as string });
  if (!subject) throw new ProblemError('capture_not_found');
  return subject.wrappedKey;
}

/**
 * Moves the capture by one guarded UPDATE; false when it was not in a state that allows the move. Of a capture that ends, the outbox is told.
 */
export async function moveCapture(
  manager: EntityManager,
  id: string,
  to: CaptureState,
  changes: Omit<QueryDeepPartialEntity<CaptureEntity>, 'state'> = {},
): Promise<boolean> {
  const ending = isEnded(to) ? { endedAt: new Date(), nextCheckAt: null } : {};
  const { raw } = (await manager
    .createQueryBuilder()
    .update(CaptureEntity)
    .set({ ...changes, ...ending, state: to })
    .where('id = :id AND state = ANY(:from)', { id, from: sourcesOf(to) })
    .returning('tenant_id')
    .execute()) as { raw: { tenant_id: string }[] };
  const [moved] = raw;
  const topic = endTopic(to);
  if (moved && topic)
    await addToOutbox(manager, moved.tenant_id, { topic, aggregateId: id, payloadVersion: 1 });
  return moved !== undefined;
}
