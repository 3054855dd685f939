import type { EntityManager } from 'typeorm';
import { recordAudit, type AuditAction } from '#audit';
import type { Caller } from '../caller.js';
import type { Role } from './roles.js';

/** A person who may log in, as administrators see it. */
export interface UserView {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly createdAt: Date;
  /** Null while the person may log in. */
  readonly disabledAt: Date | null;
  /** Until when the password an administrator handed out opens the account; null once the person has chosen one. */
  readonly initialPasswordUntil: Date | null;
}

/** The columns of a view, for a SELECT or RETURNING. */
export const USER_COLUMNS = `id, name, roles, created_at AS "createdAt", disabled_at AS "disabledAt",
  initial_password_until AS "initialPasswordUntil"`;

/** Adds what was done to a user to the trail. */
export function auditUser(
  manager: EntityManager,
  { tenantId, actor, correlationId }: Caller,
  action: AuditAction & `user.${string}`,
  userId: string,
  detail?: Readonly<Record<string, string>>,
): Promise<void> {
  return recordAudit(manager, tenantId, {
    action,
    outcome: action === 'user.password_refused' ? 'refused' : 'success',
    actor,
    target: { kind: 'user', id: userId },
    correlationId,
    detail,
  });
}
