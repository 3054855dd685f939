import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { ProblemError } from '#errors';
import type { Scope } from './principal.js';

/** A client as its administrators see it: everything but its secrets. */
export interface ClientView {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Requests a minute on each route; null where the installation's limit applies. */
  readonly rateLimitPerMinute: number | null;
  readonly createdAt: Date;
  readonly disabledAt: Date | null;
  /** Until when the secret before the last rotation is good too; null when it is not. */
  readonly previousSecretUntil: Date | null;
}

/** `revoked_at` is the name from before clients could be enabled again. */
const COLUMNS = `id, name, scopes, rate_limit_per_minute AS "rateLimitPerMinute", created_at AS "createdAt",
  revoked_at AS "disabledAt", CASE WHEN previous_secret_until > now() THEN previous_secret_until END AS "previousSecretUntil"`;

export function findClients(manager: EntityManager): Promise<ClientView[]> {
  return manager.query<ClientView[]>(`SELECT ${COLUMNS} FROM clients ORDER BY name`);
}

/** @throws ProblemError client_not_found */
export async function findClient(manager: EntityManager, id: string): Promise<ClientView> {
  return expectClient(
    await manager.query<ClientView[]>(`SELECT ${COLUMNS} FROM clients WHERE id = $1`, [id]),
  );
}

/** Locked until the transaction ends. @throws ProblemError client_not_found */
export async function lockClient(manager: EntityManager, id: string): Promise<ClientView> {
  return expectClient(
    await manager.query<ClientView[]>(`SELECT ${COLUMNS} FROM clients WHERE id = $1 FOR UPDATE`, [id]),
  );
}

function expectClient([client]: ClientView[]): ClientView {
  if (!client) throw new ProblemError('client_not_found');
  return client;
}

/** Client secrets are 256 random bits, so a plain hash suffices: there is nothing to guess that a slow hash would protect. */
export function hashOfClientSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Whether a statement failed because the tenant has another client of that name. */
export function isNameTaken(error: unknown): boolean {
  const { code, constraint } =
    (error as { driverError?: { code?: string; constraint?: string } }).driverError ?? {};
  return code === '23505' && constraint === 'clients_tenant_id_name_key';
}
