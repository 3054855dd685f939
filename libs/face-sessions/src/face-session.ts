import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { type Actor, type AuditEvent, recordAudit } from '#audit';

/** Why a session ended; erasure of its subject takes the session itself away. */
export type EndReason = 'requested' | 'expired' | 'consent_withdrawn' | 'reference_deleted';

/** What a running session says of who was before the camera. */
export interface FaceSessionClaims {
  readonly id: string;
  readonly subjectId: string;
  /** The client that opened it. */
  readonly openedBy: string;
  readonly openedAt: Date;
  /** When the verification was decided. */
  readonly authenticatedAt: Date;
  readonly relyingPartyNonce: string | null;
  readonly padLevel: string;
  readonly assurance: string;
  /** It ends then in any case. */
  readonly expiresAt: Date;
  /** It ends then unless it is introspected before. */
  readonly endsAt: Date;
}

/** Columns of a row as FaceSessionClaims. */
export const CLAIMS = `id, subject_id AS "subjectId", opened_by AS "openedBy", created_at AS "openedAt",
  authenticated_at AS "authenticatedAt", relying_party_nonce AS "relyingPartyNonce", pad_level AS "padLevel",
  assurance, expires_at AS "expiresAt", ends_at AS "endsAt"`;

/** Tokens are 256 random bits, so a plain hash suffices: there is nothing to guess that a slow hash would protect. */
export function hashOfToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Ends the sessions that the condition names, each once, and audits each. @returns the ids of those it ended */
export async function endSessions(
  manager: EntityManager,
  by: { readonly tenantId: string; readonly actor: Actor; readonly correlationId?: string },
  reason: EndReason,
  condition: { readonly sql: string; readonly value: unknown },
): Promise<string[]> {
  const [rows] = await manager.query<[{ id: string; subjectId: string }[], number]>(
    `UPDATE face_sessions SET ended_at = LEAST(ends_at, now()), end_reason = $2
     WHERE ended_at IS NULL AND ${condition.sql} RETURNING id, subject_id AS "subjectId"`,
    [condition.value, reason],
  );
  for (const { id, subjectId } of rows)
    await auditSession(manager, by, {
      action: 'face_session.ended',
      outcome: 'success',
      target: { kind: 'face_session', id },
      detail: { reason, subjectId },
    });
  return rows.map(({ id }) => id);
}

export function auditSession(
  manager: EntityManager,
  by: { readonly tenantId: string; readonly actor: Actor; readonly correlationId?: string },
  event: Omit<AuditEvent, 'actor' | 'correlationId'>,
): Promise<void> {
  const { tenantId, actor, correlationId } = by;
  return recordAudit(manager, tenantId, { ...event, actor, correlationId });
}
