import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { type Actor, recordAudit, SYSTEM_ACTOR } from '#audit';
import { constantTimeEqual, randomToken } from '#crypto';
import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import { DEFAULT_CLIENT_SCOPES, isScope, type Scope } from './principal.js';
import { revokeTokens } from './revocations.js';
import { tenantNamed } from './tenants.js';
import type { TokenIssuer } from './tokens.js';

export interface NewClient {
  readonly tenantId: string;
  readonly clientId: string;
  /** Shown once; only its hash is stored. */
  readonly clientSecret: string;
  readonly scopes: readonly Scope[];
}

interface ClientRow {
  readonly secret_hash: Buffer;
  readonly scopes: Scope[];
  readonly revoked_at: Date | null;
}

/** The relying parties' services: made by an operator, authenticated by client credentials (RFC 6749 §4.4). */
export class Clients {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** The tenant of that name, made at first use. */
  tenant(name: string): Promise<string> {
    return tenantNamed(this.unitOfWork, name);
  }

  async create(
    tenantId: string,
    name: string,
    scopes: readonly Scope[] = DEFAULT_CLIENT_SCOPES,
  ): Promise<NewClient> {
    const clientId = uuid();
    const clientSecret = randomToken(32);
    await this.unitOfWork.inTenant(tenantId, async (manager) => {
      await manager.query(
        'INSERT INTO clients (id, tenant_id, name, secret_hash, scopes) VALUES ($1, $2, $3, $4, $5)',
        [clientId, tenantId, name, hashOf(clientSecret), scopes],
      );
      await audit(manager, tenantId, 'client.created', clientId, SYSTEM_ACTOR);
    });
    return { tenantId, clientId, clientSecret, scopes };
  }

  /** No new token is issued, and those it has are refused within five seconds. */
  async revoke(tenantId: string, clientId: string): Promise<boolean> {
    return this.unitOfWork.inTenant(tenantId, async (manager) => {
      const [, count] = await manager.query<[unknown, number]>(
        'UPDATE clients SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL',
        [clientId],
      );
      if (count > 0) {
        await revokeTokens(manager, tenantId, clientId);
        await audit(manager, tenantId, 'client.revoked', clientId, SYSTEM_ACTOR);
      }
      return count > 0;
    });
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
    const tenantId = await this.tenantOf(clientId);
    const granted = tenantId && (await this.check(tenantId, clientId, clientSecret, correlationId));
    if (!tenantId || !granted) throw new ProblemError('invalid_client');
    const scopes = credentials.scope ? credentials.scope.split(' ').filter(Boolean) : granted;
    if (!scopes.every((scope) => isScope(scope) && granted.includes(scope)))
      throw new ProblemError('invalid_scope');
    return { ...(await issuer.forClient(tenantId, clientId, scopes)), scopes };
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

  private check(
    tenantId: string,
    clientId: string,
    secret: string,
    correlationId: string,
  ): Promise<Scope[] | undefined> {
    return this.unitOfWork.inTenant(tenantId, async (manager) => {
      const [row] = await manager.query<ClientRow[]>(
        'SELECT secret_hash, scopes, revoked_at FROM clients WHERE id = $1',
        [clientId],
      );
      const valid =
        row !== undefined && constantTimeEqual(row.secret_hash, hashOf(secret)) && row.revoked_at === null;
      const actor: Actor = { kind: 'client', id: clientId };
      await audit(
        manager,
        tenantId,
        valid ? 'client.token_issued' : 'client.token_refused',
        clientId,
        actor,
        correlationId,
      );
      return valid ? row.scopes : undefined;
    });
  }
}

/** Client secrets are 256 random bits, so a plain hash suffices: there is nothing to guess that a slow hash would protect. */
function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function audit(
  manager: EntityManager,
  tenantId: string,
  action: 'client.created' | 'client.revoked' | 'client.token_issued' | 'client.token_refused',
  clientId: string,
  actor: Actor,
  correlationId?: string,
): Promise<void> {
  const outcome = action === 'client.token_refused' ? 'refused' : 'success';
  return recordAudit(manager, tenantId, {
    action,
    outcome,
    actor,
    target: { kind: 'client', id: clientId },
    correlationId,
  });
}
