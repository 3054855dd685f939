import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { type Actor, recordAudit } from '#audit';
import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import type { Caller } from '../caller.js';
import type { Scope } from '../principal.js';
import { revokeTokens } from '../revocations.js';
import type { TokenIssuer } from '../tokens.js';
import { formatRefreshToken, hashRefreshToken, newRefreshToken, type RefreshToken } from './refresh-token.js';
import { type Role, scopesOfRoles } from './roles.js';

/** Ended sessions are of no use; the audit trail remembers them. */
const KEPT_AFTER_END_DAYS = 30;

export interface SessionSettings {
  /** Without a refresh for so long a session ends. */
  readonly idleSeconds: number;
  /** A session ends so long after the login, however much it is used. */
  readonly ttlSeconds: number;
}

/** A session as its person sees it. */
export interface SessionView {
  readonly id: string;
  readonly userAgent: string | null;
  readonly createdAt: Date;
  /** Of its latest refresh. */
  readonly usedAt: Date;
  readonly expiresAt: Date;
}

/** What a login or a refresh hands out. */
export interface SessionTokens {
  readonly accessToken: string;
  readonly expiresIn: number;
  readonly refreshToken: string;
  readonly scopes: readonly Scope[];
  /** When the session ends at the latest. */
  readonly sessionExpiresAt: Date;
  /** The password is one that an administrator handed out: nothing is possible but to change it. */
  readonly passwordChangeRequired: boolean;
}

/** A session that runs, with what its next access token depends on. */
export interface RunningSession {
  readonly id: string;
  readonly userId: string;
  readonly roles: readonly Role[];
  readonly initialPassword: boolean;
  readonly createdAt: Date;
  readonly idleExpiresAt: Date;
  readonly expiresAt: Date;
}

/** People's sessions: begun by a login, listed and ended by the person, by an administrator or by time. */
export class Sessions {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly issuer: TokenIssuer,
    readonly settings: SessionSettings,
  ) {}

  /** Begins a session in the transaction of the login. */
  async begin(
    manager: EntityManager,
    tenantId: string,
    user: { id: string; roles: readonly Role[]; initialPassword: boolean },
    userAgent: string | undefined,
  ): Promise<{ session: RunningSession; token: RefreshToken }> {
    await manager.query(
      `DELETE FROM user_sessions WHERE LEAST(coalesce(ended_at, 'infinity'), idle_expires_at, expires_at) < now() - make_interval(days => $1)`,
      [KEPT_AFTER_END_DAYS],
    );
    const id = uuid();
    const [times] = await manager.query<[Pick<RunningSession, 'createdAt' | 'idleExpiresAt' | 'expiresAt'>]>(
      `INSERT INTO user_sessions (id, tenant_id, user_id, user_agent, idle_expires_at, expires_at)
       VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5), now() + make_interval(secs => $6))
       RETURNING created_at AS "createdAt", idle_expires_at AS "idleExpiresAt", expires_at AS "expiresAt"`,
      [id, tenantId, user.id, userAgent ?? null, this.settings.idleSeconds, this.settings.ttlSeconds],
    );
    const token = newRefreshToken(id);
    await storeRefreshToken(manager, tenantId, token);
    const { roles, initialPassword } = user;
    return { session: { id, userId: user.id, roles, initialPassword, ...times }, token };
  }

  /** Signs what the holder of a session gets; its access token never outlives the session. */
  async tokensOf(tenantId: string, session: RunningSession, token: RefreshToken): Promise<SessionTokens> {
    const scopes = session.initialPassword ? [] : scopesOfRoles(session.roles);
    const notAfter = new Date(Math.min(session.idleExpiresAt.getTime(), session.expiresAt.getTime()));
    const issued = await this.issuer.forUser(
      { tenantId, userId: session.userId, sessionId: session.id, scopes, authenticatedAt: session.createdAt },
      notAfter,
    );
    return {
      accessToken: issued.token,
      expiresIn: issued.expiresIn,
      refreshToken: formatRefreshToken(token),
      scopes,
      sessionExpiresAt: session.expiresAt,
      passwordChangeRequired: session.initialPassword,
    };
  }

  /** The person's running sessions, latest use first. */
  list(tenantId: string, userId: string): Promise<SessionView[]> {
    return this.unitOfWork.inTenant(tenantId, (manager) =>
      manager.query<SessionView[]>(
        `SELECT id, user_agent AS "userAgent", created_at AS "createdAt", used_at AS "usedAt", expires_at AS "expiresAt"
         FROM user_sessions WHERE user_id = $1 AND ended_at IS NULL AND idle_expires_at > now() AND expires_at > now()
         ORDER BY used_at DESC, id`,
        [userId],
      ),
    );
  }

  /** Ends one session of the person. @throws ProblemError session_not_found */
  async end(caller: Caller, userId: string, sessionId: string): Promise<void> {
    const ended = await this.unitOfWork.inTenant(caller.tenantId, (manager) =>
      endSessions(manager, caller, userId, { only: sessionId }),
    );
    if (ended === 0) throw new ProblemError('session_not_found');
  }

  /** Ends every session of the person, this one too. */
  async endAll(caller: Caller, userId: string): Promise<void> {
    await this.unitOfWork.inTenant(caller.tenantId, (manager) => endSessions(manager, caller, userId));
  }
}

export async function storeRefreshToken(
  manager: EntityManager,
  tenantId: string,
  token: RefreshToken,
): Promise<void> {
  await manager.query('INSERT INTO refresh_tokens (session_id, token_hash, tenant_id) VALUES ($1, $2, $3)', [
    token.sessionId,
    hashRefreshToken(token),
    tenantId,
  ]);
}

/**
 * Ends sessions in the caller's transaction: no refresh any more, and within five seconds no access token either.
 * @returns how many there were
 */
export async function endSessions(
  manager: EntityManager,
  caller: Caller & { readonly actor: Actor },
  userId: string,
  which: { readonly only?: string; readonly except?: string } = {},
): Promise<number> {
  const [sessions] = await manager.query<[{ id: string }[], number]>(
    `UPDATE user_sessions SET ended_at = now()
     WHERE user_id = $1 AND ended_at IS NULL AND ($2::uuid IS NULL OR id = $2) AND ($3::uuid IS NULL OR id <> $3)
     RETURNING id`,
    [userId, which.only ?? null, which.except ?? null],
  );
  for (const { id } of sessions) {
    await revokeTokens(manager, caller.tenantId, id);
    await recordAudit(manager, caller.tenantId, {
      action: 'user.session_ended',
      outcome: 'success',
      actor: caller.actor,
      target: { kind: 'session', id },
      correlationId: caller.correlationId,
    });
  }
  return sessions.length;
}
