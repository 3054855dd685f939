import { channel } from 'node:diagnostics_channel';
import type { EntityManager } from 'typeorm';
import { afterCommit } from '#database';
import type { AuditEvent } from './audit-event.js';

/** An event as it went into the trail. */
export interface AuditRecord extends AuditEvent {
  readonly id: string;
  readonly tenantId: string;
}

const recorded = channel('secure-biometric:audit');

/** Tells this process's audit log of the event once it has committed. */
export function tellAuditLog(manager: EntityManager, record: AuditRecord): void {
  afterCommit(manager, () => recorded.publish(record));
}

/**
 * Hands every event this process commits to `write`: a copy for whoever collects logs. The trail itself is the table; a copy may be
 * missing where a process died between the commit and the line. @returns what ends it
 */
export function copyAuditTo(write: (record: AuditRecord) => void): () => void {
  const listener = (record: unknown) => write(record as AuditRecord);
  recorded.subscribe(listener);
  return () => void recorded.unsubscribe(listener);
}
