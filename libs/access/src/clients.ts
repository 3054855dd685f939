import { v7 as uuid } from 'uuid';
import { type Actor, recordAudit, SYSTEM_ACTOR } from '#audit';
import { constantTimeEqual, randomToken } from '#crypto';
import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import { hashOfClientSecret, isNameTaken } from './client-rows.js';
import { DEFAULT_CLIENT_SCOPES, isScope, type Scope } from './principal.js';
import { PLATFORM_TENANT, tenantNamed } from './tenants.js';
import type { TokenIssuer } from './tokens.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export interface NewClient {
  readonly tenantId: string;
  readonly clientId: string;
  /** Shown once; only its hash is stored. */
  readonly clientSecret: string;
  readonly scopes: readonly Scope[];
}

/** Who makes a client, and what it gets besides its scopes. */
export interface ClientOptions {
  readonly actor?: Actor;
  readonly correlationId?: string;
  /** Null: the installation's. */
  readonly rateLimitPerMinute?: number | null;
}

interface SecretsRow {
  readonly secret_hash: Buffer;
  /** Null once the overlap is over. */
  readonly previous_hash: Buffer | null;
  readonly scopes: Scope[];
  readonly token_generation: number;
  readonly revoked_at: Date | null;
}

/** What a token may be issued for, or why there is none. */
type Checked =
  | { readonly scopes: string[]; readonly generation: number }
  | { readonly refused: 'invalid_client' | 'invalid_scope' };

/** The relying parties' services: made by an operator or an administrator, authenticated by client credentials (RFC 6749 §4.4). */
export class Clients {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** The tenant of that name, made at first use. */
  tenant(name: string): Promise<string> {
    return tenantNamed(this.unitOfWork, name);
  }

  /** @throws ProblemError client_name_taken */
  async create(
    tenantId: string,
    name: string,
    scopes: readonly Scope[] = DEFAULT_CLIENT_SCOPES,
    { actor = SYSTEM_ACTOR, correlationId, rateLimitPerMinute = null }: ClientOptions = {},
  ): Promise<NewClient> {
    const clientId = uuid();
    const clientSecret = randomToken(32);
    await this.unitOfWork
      .inTenant(tenantId, async (manager) => {
        await manager.query(
          `INSERT INTO clients (id, tenant_id, name, secret_hash, scopes, rate_limit_per_minute)
           VALUES ($1, $2, $3, $4, $5, $6)`,
          [clientId, tenantId, name, hashOfClientSecret(clientSecret), scopes, rateLimitPerMinute],
        );
        await recordAudit(manager, tenantId, {
          action: 'client.created',
          outcome: 'success',
          actor,
          target: { kind: 'client', id: clientId },
          correlationId,
          detail: { scopes: scopes.join(' '), rateLimitPerMinute },
        });
      })
      .catch((error: unknown) => {
        throw isNameTaken(error) ? new ProblemError('client_name_taken') : error;
      });
    return { tenantId, clientId, clientSecret, scopes };
  }

  /**
   * Exchanges client credentials for an access token with the asked scopes (all of the client's when none are named).
   * @throws ProblemError invalid_client, invalid_scope
   */
  async authenticate(
    credentials: { clientId: string; clientSecret: string; scope?: string },
    issuer: TokenIssuer,
    correlationId: string,
  ): Promise<{ token: string; expiresIn: number; scopes: string[] }> {
    const { clientId, clientSecret } = credentials;
    const asked = credentials.scope?.split(' ').filter(Boolean) ?? [];
    const tenantId = UUID.test(clientId) ? await this.tenantOf(clientId) : undefined;
    if (!tenantId) {
      await this.auditUnknown(correlationId);
      throw new ProblemError('invalid_client');
    }
    const checked = await this.check(tenantId, { clientId, clientSecret, asked }, correlationId);
    if ('refused' in checked) throw new ProblemError(checked.refused);
    const { scopes, generation } = checked;
    return { ...(await issuer.forClient(tenantId, clientId, scopes, generation)), scopes };
  }

  /** In the trail of the installation, because it is nobody's; without the id, which may be anything somebody typed. */
  private async auditUnknown(correlationId: string): Promise<void> {
    const tenantId = await tenantNamed(this.unitOfWork, PLATFORM_TENANT);
    await this.unitOfWork.inTenant(tenantId, (manager) =>
      recordAudit(manager, tenantId, {
        action: 'client.token_refused',
        outcome: 'refused',
        actor: { kind: 'anonymous' },
        correlationId,
        detail: { code: 'invalid_client' },
      }),
    );
  }

  private tenantOf(clientId: string): Promise<string | undefined> {
    return this.unitOfWork.inSystem(async (manager) => {
      const [row] = await manager.query<{ tenant_id: string }[]>(
        'SELECT tenant_id FROM clients WHERE id = $1',
        [clientId],
      );
      return row?.tenant_id;
    });
  }

  /** The scopes of the token to issue, or why there is none; either way the attempt is in the trail. */
  private check(
    tenantId: string,
    { clientId, clientSecret, asked }: { clientId: string; clientSecret: string; asked: string[] },
    correlationId: string,
  ): Promise<Checked> {
    return this.unitOfWork.inTenant(tenantId, async (manager) => {
      const [row] = await manager.query<SecretsRow[]>(
        `SELECT secret_hash, scopes, token_generation, revoked_at,
           CASE WHEN previous_secret_until > now() THEN previous_secret_hash END AS previous_hash
         FROM clients WHERE id = $1`,
        [clientId],
      );
      const secretUsed = row && row.revoked_at === null ? secretIn(row, clientSecret) : undefined;
      const checked = row && secretUsed ? grantOf(row, asked) : { refused: 'invalid_client' as const };
      const issued = !('refused' in checked);
      await recordAudit(manager, tenantId, {
        action: issued ? 'client.token_issued' : 'client.token_refused',
        outcome: issued ? 'success' : 'refused',
        actor: { kind: 'client', id: clientId },
        target: { kind: 'client', id: clientId },
        correlationId,
        detail: { ...(secretUsed && { secret: secretUsed }), ...(!issued && { code: checked.refused }) },
      });
      return checked;
    });
  }
}

/** Which of the client's secrets it is: after a rotation the old one is good for a while too. */
function secretIn(row: SecretsRow, secret: string): 'current' | 'previous' | undefined {
  const hash = hashOfClientSecret(secret);
  if (constantTimeEqual(row.secret_hash, hash)) return 'current';
  return row.previous_hash && constantTimeEqual(row.previous_hash, hash) ? 'previous' : undefined;
}

/** All of the client's scopes when none are asked for. */
function grantOf({ scopes, token_generation: generation }: SecretsRow, asked: string[]): Checked {
  if (asked.length === 0) return { scopes, generation };
  const held = asked.every((scope) => isScope(scope) && scopes.includes(scope));
  return held ? { scopes: asked, generation } : { refused: 'invalid_scope' };
}
