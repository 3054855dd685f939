import type { EntityManager } from 'typeorm';
import { type AuditAction, recordAudit } from '#audit';
import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import { PlatformTenant } from '../tenants.js';
import {
  hashRefreshToken,
  newSuccessorSeed,
  parseRefreshToken,
  type RefreshToken,
  successorOf,
} from './refresh-token.js';
import type { Role } from './roles.js';
import {
  endSessions,
  type RunningSession,
  type Sessions,
  type SessionTokens,
  storeRefreshToken,
} from './sessions.js';

/**
 * For so long a replaced token still gives what replaced it, as long as that was not used itself: two tabs that refresh at once, or one
 * whose answer was lost, end up with the same token. Later, or once its successor was used, it is a stolen token.
 */
export const REFRESH_GRACE_SECONDS = 10;

interface SessionRow {
  readonly userId: string;
  readonly roles: Role[];
  readonly initialPassword: boolean;
  readonly running: boolean;
  readonly createdAt: Date;
}

interface TokenRow {
  readonly current: boolean;
  /** Set while the token may still be exchanged again. */
  readonly seed: Buffer | null;
}

type Outcome = { readonly session: RunningSession; readonly token: RefreshToken } | 'refused' | 'reused';

/** Exchanges a refresh token for the next one (RFC 9700 §4.14.2): each works once, and a second use ends the session. */
export class RefreshSession {
  private readonly platform: PlatformTenant;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly sessions: Sessions,
  ) {
    this.platform = new PlatformTenant(unitOfWork);
  }

  /** @throws ProblemError refresh_token_invalid — the same for unknown, replaced, expired and revoked tokens */
  async execute(text: string, correlationId: string): Promise<SessionTokens> {
    const token = parseRefreshToken(text);
    const tenantId = token && (await this.tenantOf(token.sessionId));
    if (!token || !tenantId) {
      await this.refuseUnknown(correlationId);
      throw new ProblemError('refresh_token_invalid');
    }
    const outcome = await this.unitOfWork.inTenant(tenantId, (manager) =>
      this.exchange(manager, tenantId, token, correlationId),
    );
    // Only now: a refusal's own transaction, with the end of a family that was stolen from, has to commit.
    if (typeof outcome === 'string') throw new ProblemError('refresh_token_invalid');
    return this.sessions.tokensOf(tenantId, outcome.session, outcome.token);
  }

  /** What belongs to no session belongs to no tenant. */
  private async refuseUnknown(correlationId: string): Promise<void> {
    const tenantId = await this.platform.id();
    await this.unitOfWork.inTenant(tenantId, (manager) =>
      recordAudit(manager, tenantId, {
        action: 'user.refresh_refused',
        outcome: 'refused',
        actor: { kind: 'anonymous' },
        correlationId,
      }),
    );
  }

  private async exchange(
    manager: EntityManager,
    tenantId: string,
    token: RefreshToken,
    correlationId: string,
  ): Promise<Outcome> {
    const session = await lockSession(manager, token.sessionId);
    if (!session) return 'refused';
    const { userId } = session;
    const audit = (action: AuditAction, detail?: Record<string, boolean>) =>
      recordAudit(manager, tenantId, {
        action,
        outcome: action === 'user.token_refreshed' ? 'success' : 'refused',
        actor: action === 'user.token_refreshed' ? { kind: 'user', id: userId } : { kind: 'anonymous' },
        target: { kind: 'session', id: token.sessionId },
        correlationId,
        detail,
      });
    const row = await findToken(manager, token);
    if (!row || !session.running) {
      await audit('user.refresh_refused');
      return 'refused';
    }
    if (!row.current && !row.seed) {
      await audit('user.refresh_reused');
      await endSessions(manager, { tenantId, actor: { kind: 'system' }, correlationId }, userId, {
        only: token.sessionId,
      });
      return 'reused';
    }
    const successor = row.seed ? successorOf(token, row.seed) : await replace(manager, tenantId, token);
    const times = await this.use(manager, token.sessionId);
    await audit('user.token_refreshed', { again: !row.current });
    return { session: { id: token.sessionId, ...session, ...times }, token: successor };
  }

  private async use(
    manager: EntityManager,
    sessionId: string,
  ): Promise<Pick<RunningSession, 'idleExpiresAt' | 'expiresAt'>> {
    const [[times]] = await manager.query<[[Pick<RunningSession, 'idleExpiresAt' | 'expiresAt'>], number]>(
      `UPDATE user_sessions SET used_at = now(), idle_expires_at = now() + make_interval(secs => $2)
       WHERE id = $1 RETURNING idle_expires_at AS "idleExpiresAt", expires_at AS "expiresAt"`,
      [sessionId, this.sessions.settings.idleSeconds],
    );
    return times;
  }

  private tenantOf(sessionId: string): Promise<string | undefined> {
    return this.unitOfWork.inSystem(async (manager) => {
      const [row] = await manager.query<{ tenant_id: string }[]>(
        'SELECT tenant_id FROM user_sessions WHERE id = $1',
        [sessionId],
      );
      return row?.tenant_id;
    });
  }
}

/** Locked, so that of two tabs one comes after the other. */
async function lockSession(manager: EntityManager, sessionId: string): Promise<SessionRow | undefined> {
  const [row] = await manager.query<SessionRow[]>(
    `SELECT s.user_id AS "userId", u.roles, u.initial_password_until IS NOT NULL AS "initialPassword", s.created_at AS "createdAt",
       u.disabled_at IS NULL AND s.ended_at IS NULL AND s.idle_expires_at > now() AND s.expires_at > now() AS running
     FROM user_sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1 FOR UPDATE OF s`,
    [sessionId],
  );
  return row;
}

async function findToken(manager: EntityManager, token: RefreshToken): Promise<TokenRow | undefined> {
  const [row] = await manager.query<TokenRow[]>(
    `SELECT replaced_at IS NULL AS current,
       CASE WHEN replaced_at > clock_timestamp() - make_interval(secs => $3) THEN successor_seed END AS seed
     FROM refresh_tokens WHERE session_id = $1 AND token_hash = $2`,
    [token.sessionId, hashRefreshToken(token), REFRESH_GRACE_SECONDS],
  );
  return row;
}

/** Once a token is used, the one before it can no longer be exchanged for it. */
async function replace(manager: EntityManager, tenantId: string, token: RefreshToken): Promise<RefreshToken> {
  const seed = newSuccessorSeed();
  await manager.query(
    'UPDATE refresh_tokens SET successor_seed = NULL WHERE session_id = $1 AND successor_seed IS NOT NULL',
    [token.sessionId],
  );
  await manager.query(
    `UPDATE refresh_tokens SET replaced_at = clock_timestamp(), successor_seed = $3 WHERE session_id = $1 AND token_hash = $2`,
    [token.sessionId, hashRefreshToken(token), seed],
  );
  const successor = successorOf(token, seed);
  await storeRefreshToken(manager, tenantId, successor);
  return successor;
}
