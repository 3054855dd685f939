import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { type AcceptedVerification, findAcceptedVerification } from '#captures';
import { randomToken } from '#crypto';
import type { UnitOfWork } from '#database';
import { type ErrorCode, ProblemError } from '#errors';
import { type Assurance, type Caller, findReferences, requireConsent, tryLockSubject } from '#subjects';
import { auditSession, CLAIMS, endSessions, type FaceSessionClaims, hashOfToken } from './face-session.js';

export interface FaceSessionSettings {
  /** The name this installation issues sessions under. */
  readonly issuer: string;
  /** How long after its decision a verification may open a session. */
  readonly captureAgeMs: number;
  /** A session ends when it is not introspected for so long. */
  readonly idleMs: number;
  /** And after so long in any case. */
  readonly ttlMs: number;
}

export interface OpenedFaceSession {
  readonly session: FaceSessionClaims;
  /** Shown once; only its hash is stored. */
  readonly token: string;
}

/** Also how sure the relying party was of the person when the subject was enrolled. */
type UsableVerification = AcceptedVerification & { readonly assurance: Assurance };

/** Refusals that are an attempt to authenticate with a face that was not good enough, and therefore are in the trail. */
const AUDITED: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'verification_required',
  'verification_too_old',
  'verification_used',
  'consent_required',
  'not_enrolled',
]);

/** Sessions of people who were verified by their face: opened by the relying party on an accepted verification, once. */
export class FaceSessions {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly settings: FaceSessionSettings,
  ) {}

  get issuer(): string {
    return this.settings.issuer;
  }

  /** @throws ProblemError capture_not_found, verification_required, verification_too_old, verification_used, consent_required, not_enrolled */
  async open(caller: Caller, captureId: string): Promise<OpenedFaceSession> {
    try {
      return await this.unitOfWork.inTenant(caller.tenantId, async (manager) => {
        const verification = await this.usableVerification(manager, captureId);
        return this.insert(manager, caller, verification);
      });
    } catch (error) {
      if (error instanceof ProblemError && AUDITED.has(error.code))
        await this.auditRefusal(caller, captureId, error.code);
      throw error;
    }
  }

  /**
   * What the session says, if it is the tenant's and still holds; asking prolongs it until it would be idle again. One statement,
   * so that a session which ends at this moment is either prolonged or gone.
   */
  introspect(caller: Caller, token: string): Promise<FaceSessionClaims | undefined> {
    return this.unitOfWork.inTenant(caller.tenantId, async (manager) => {
      const [[session]] = await manager.query<[FaceSessionClaims[], number]>(
        `UPDATE face_sessions SET ends_at = LEAST(expires_at, now() + $2 * interval '1 millisecond')
         WHERE token_hash = $1 AND ended_at IS NULL AND ends_at > now() RETURNING ${CLAIMS}`,
        [hashOfToken(token), this.settings.idleMs],
      );
      await auditSession(manager, caller, {
        action: 'face_session.introspected',
        outcome: session ? 'success' : 'refused',
        ...(session && {
          target: { kind: 'face_session', id: session.id },
          detail: { subjectId: session.subjectId },
        }),
      });
      return session;
    });
  }

  /** Ending twice is no error. @throws ProblemError face_session_not_found */
  end(caller: Caller, id: string): Promise<void> {
    return this.unitOfWork.inTenant(caller.tenantId, async (manager) => {
      const ended = await endSessions(manager, caller, 'requested', { sql: 'id = $1', value: id });
      if (ended.length > 0) return;
      const known = await manager.query<unknown[]>('SELECT 1 FROM face_sessions WHERE id = $1', [id]);
      if (known.length === 0) throw new ProblemError('face_session_not_found');
    });
  }

  private async usableVerification(manager: EntityManager, captureId: string): Promise<UsableVerification> {
    const verification = await findAcceptedVerification(manager, captureId);
    if (!verification) throw new ProblemError('verification_required');
    // A consent that is withdrawn, or a reference that is deleted meanwhile waits for this lock, and then finds the session to end.
    if (!(await tryLockSubject(manager, verification.subjectId))) throw new ProblemError('capture_not_found');
    await requireConsent(manager, verification.subjectId, 'verification');
    if (verification.decidedAt.getTime() < Date.now() - this.settings.captureAgeMs)
      throw new ProblemError('verification_too_old');
    const references = await findReferences(manager, verification.subjectId);
    const [first] = references;
    if (!first) throw new ProblemError('not_enrolled');
    const kept = new Set(references.map(({ id }) => id));
    if (!verification.comparedWith.every((id) => kept.has(id)))
      throw new ProblemError('verification_required');
    return { ...verification, assurance: first.assurance };
  }

  private async insert(
    manager: EntityManager,
    caller: Caller,
    { assurance, ...verification }: UsableVerification,
  ): Promise<OpenedFaceSession> {
    const { tenantId, actor } = caller;
    const { subjectId, captureId, decidedAt, padLevel, relyingPartyNonce } = verification;
    const [id, token] = [uuid(), randomToken(32)];
    const [session] = await manager.query<FaceSessionClaims[]>(
      `INSERT INTO face_sessions (id, tenant_id, subject_id, capture_id, opened_by, token_hash, authenticated_at,
         relying_party_nonce, pad_level, assurance, expires_at, ends_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now() + $11 * interval '1 millisecond',
         now() + LEAST($11, $12) * interval '1 millisecond')
       ON CONFLICT (capture_id) DO NOTHING RETURNING ${CLAIMS}`,
      [
        id,
        tenantId,
        subjectId,
        captureId,
        actor.id ?? actor.kind,
        hashOfToken(token),
        decidedAt,
        relyingPartyNonce,
        padLevel,
        assurance,
        this.settings.ttlMs,
        this.settings.idleMs,
      ],
    );
    if (!session) throw new ProblemError('verification_used');
    await auditSession(manager, caller, {
      action: 'face_session.opened',
      outcome: 'success',
      target: { kind: 'face_session', id },
      detail: { subjectId, captureId, padLevel, assurance },
    });
    return { session, token };
  }

  /** In a transaction of its own, as that of the attempt has been rolled back. */
  private auditRefusal(caller: Caller, captureId: string, code: ErrorCode): Promise<void> {
    return this.unitOfWork.inTenant(caller.tenantId, (manager) =>
      auditSession(manager, caller, {
        action: 'face_session.refused',
        outcome: 'refused',
        target: { kind: 'capture', id: captureId },
        detail: { code },
      }),
    );
  }
}
