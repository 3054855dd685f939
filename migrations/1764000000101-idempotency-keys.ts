import type { MigrationInterface, QueryRunner } from 'typeorm';
import { systemRights, tenantTable } from './support/tenancy.js';

/** Requests that their callers named, so that one sent twice is done once; the answer is sealed, because it may hold codes and secrets. */
export class IdempotencyKeys1764000000101 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE idempotency_keys (
        tenant_id uuid NOT NULL REFERENCES tenants,
        caller text NOT NULL,
        route text NOT NULL,
        key_hash bytea NOT NULL,
        derivation_id text NOT NULL,
        fingerprint bytea NOT NULL,
        lease_token uuid NOT NULL,
        leased_until timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        wrapped_key jsonb,
        sealed_answer bytea,
        PRIMARY KEY (tenant_id, caller, route, key_hash),
        CHECK ((wrapped_key IS NULL) = (sealed_answer IS NULL))
      );
      CREATE INDEX idempotency_keys_expired ON idempotency_keys (expires_at);
      ${tenantTable('idempotency_keys', 'SELECT, INSERT, UPDATE, DELETE')}
      ${systemRights('idempotency_keys', 'SELECT (expires_at), DELETE')}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE idempotency_keys');
  }
}
