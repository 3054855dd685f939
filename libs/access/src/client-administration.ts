import type { EntityManager } from 'typeorm';
import { type AuditAction, recordAudit } from '#audit';
import { randomToken } from '#crypto';
import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import type { Caller } from './caller.js';
import {
  type ClientView,
  findClient,
  findClients,
  hashOfClientSecret,
  isNameTaken,
  lockClient,
} from './client-rows.js';
import type { Clients, NewClient } from './clients.js';
import type { Scope } from './principal.js';

/** How long the secret before a rotation may stay good. */
export const MAX_OVERLAP_SECONDS = 24 * 3_600;

/** Who administers, and what they may do themselves: nobody grants more. */
export interface Administrator extends Caller {
  readonly scopes: ReadonlySet<Scope>;
}

export interface ClientSettings {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Null: the installation's. */
  readonly rateLimitPerMinute: number | null;
}

export interface RotatedSecret {
  readonly clientId: string;
  /** Shown once; only its hash is stored. */
  readonly clientSecret: string;
  /** Null when the old secret ended at once. */
  readonly previousSecretUntil: Date | null;
}

/** Making, changing, disabling clients and rotating their secrets, by people and services that may. */
export class ClientAdministration {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clients: Clients,
    private readonly bounds: { readonly maxRateLimitPerMinute: number },
  ) {}

  /** @throws ProblemError scope_not_held, client_name_taken, validation_failed */
  async create(by: Administrator, { name, scopes, rateLimitPerMinute }: ClientSettings): Promise<NewClient> {
    requireHeld(by, scopes);
    this.requireBounded(rateLimitPerMinute);
    const { tenantId, actor, correlationId } = by;
    return this.clients.create(tenantId, name, unique(scopes), { actor, correlationId, rateLimitPerMinute });
  }

  /** All of the tenant, by name. */
  list(tenantId: string): Promise<ClientView[]> {
    return this.unitOfWork.inTenant(tenantId, findClients);
  }

  /** @throws ProblemError client_not_found */
  get(tenantId: string, id: string): Promise<ClientView> {
    return this.unitOfWork.inTenant(tenantId, (manager) => findClient(manager, id));
  }

  /**
   * Scopes that are added must be held; tokens end when one is taken away.
   * @throws ProblemError client_not_found, scope_not_held, client_name_taken, validation_failed
   */
  change(by: Administrator, id: string, changes: Partial<ClientSettings>): Promise<ClientView> {
    this.requireBounded(changes.rateLimitPerMinute ?? null);
    return this.deed(by, id, async (manager, before) => {
      const after: ClientSettings = {
        name: changes.name ?? before.name,
        scopes: unique(changes.scopes ?? before.scopes),
        // Null is a value of its own.
        rateLimitPerMinute:
          changes.rateLimitPerMinute === undefined ? before.rateLimitPerMinute : changes.rateLimitPerMinute,
      };
      const without = (some: readonly Scope[], others: readonly Scope[]) =>
        some.filter((scope) => !others.includes(scope));
      requireHeld(by, without(after.scopes, before.scopes));
      const narrowed = without(before.scopes, after.scopes).length > 0;
      await manager.query(
        `UPDATE clients SET name = $2, scopes = $3, rate_limit_per_minute = $4,
           token_generation = token_generation + $5 WHERE id = $1`,
        [id, after.name, after.scopes, after.rateLimitPerMinute, narrowed ? 1 : 0],
      );
      const { scopes, rateLimitPerMinute } = after;
      await audit(manager, by, 'client.changed', id, { scopes: scopes.join(' '), rateLimitPerMinute });
      return findClient(manager, id);
    });
  }

  /**
   * Draws a new secret. The one before stays good for the overlap, so that a service can be given the new one without an
   * interruption; an older one ends now. Whoever learns a secret can do what its client may, so they must hold that themselves.
   * @param overlapSeconds 0 to MAX_OVERLAP_SECONDS
   * @throws ProblemError client_not_found, scope_not_held
   */
  rotateSecret(by: Administrator, id: string, overlapSeconds: number): Promise<RotatedSecret> {
    return this.deed(by, id, async (manager, client) => {
      requireHeld(by, client.scopes);
      const clientSecret = randomToken(32);
      await manager.query(
        `UPDATE clients SET secret_hash = $2,
           previous_secret_hash = CASE WHEN $3 > 0 THEN secret_hash END,
           previous_secret_until = CASE WHEN $3 > 0 THEN now() + $3 * interval '1 second' END
         WHERE id = $1`,
        [id, hashOfClientSecret(clientSecret), overlapSeconds],
      );
      await audit(manager, by, 'client.secret_rotated', id, { overlapSeconds });
      const { previousSecretUntil } = await findClient(manager, id);
      return { clientId: id, clientSecret, previousSecretUntil };
    });
  }

  /** Ends the overlap of a rotation early; where there is none, nothing happens. @throws ProblemError client_not_found */
  endPreviousSecret(by: Administrator, id: string): Promise<void> {
    return this.deed(by, id, async (manager, { previousSecretUntil }) => {
      if (!previousSecretUntil) return;
      await manager.query(
        'UPDATE clients SET previous_secret_hash = NULL, previous_secret_until = NULL WHERE id = $1',
        [id],
      );
      await audit(manager, by, 'client.previous_secret_ended', id);
    });
  }

  /** No token from now on, and those it has end, for good: enabling it again does not bring them back. @throws ProblemError client_not_found */
  disable(by: Administrator, id: string): Promise<ClientView> {
    return this.deed(by, id, async (manager, client) => {
      if (client.disabledAt) return client;
      await manager.query(
        'UPDATE clients SET revoked_at = now(), token_generation = token_generation + 1 WHERE id = $1',
        [id],
      );
      await audit(manager, by, 'client.disabled', id);
      return findClient(manager, id);
    });
  }

  /** @throws ProblemError client_not_found */
  enable(by: Administrator, id: string): Promise<ClientView> {
    return this.deed(by, id, async (manager, client) => {
      if (!client.disabledAt) return client;
      await manager.query('UPDATE clients SET revoked_at = NULL WHERE id = $1', [id]);
      await audit(manager, by, 'client.enabled', id);
      return findClient(manager, id);
    });
  }

  private deed<T>(
    by: Administrator,
    id: string,
    work: (manager: EntityManager, client: ClientView) => Promise<T>,
  ): Promise<T> {
    return this.unitOfWork
      .inTenant(by.tenantId, async (manager) => work(manager, await lockClient(manager, id)))
      .catch((error: unknown) => {
        throw isNameTaken(error) ? new ProblemError('client_name_taken') : error;
      });
  }

  private requireBounded(rateLimitPerMinute: number | null): void {
    const max = this.bounds.maxRateLimitPerMinute;
    if (rateLimitPerMinute === null || rateLimitPerMinute <= max) return;
    throw new ProblemError('validation_failed', {
      errors: [{ member: 'rateLimitPerMinute', rule: `must not be greater than ${max}` }],
    });
  }
}

function requireHeld(by: Administrator, scopes: readonly Scope[]): void {
  const missing = scopes.filter((scope) => !by.scopes.has(scope));
  if (missing.length > 0)
    throw new ProblemError('scope_not_held', { detail: `Not held: ${missing.join(', ')}` });
}

function unique(scopes: readonly Scope[]): Scope[] {
  return [...new Set(scopes)];
}

function audit(
  manager: EntityManager,
  by: Administrator,
  action: AuditAction & `client.${string}`,
  id: string,
  detail?: Record<string, string | number | null>,
): Promise<void> {
  return recordAudit(manager, by.tenantId, {
    action,
    outcome: 'success',
    actor: by.actor,
    target: { kind: 'client', id },
    correlationId: by.correlationId,
    detail,
  });
}
