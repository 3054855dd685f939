import type { MigrationInterface, QueryRunner } from 'typeorm';
import { systemRights, tenantTable } from './support/tenancy.js';

/** Questions what another policy would have decided; a row is the job, its progress and its answer. */
export class PolicySimulations1764000000111 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE policy_simulations (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        version integer NOT NULL CHECK (version >= 0),
        state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed')),
        question jsonb NOT NULL,
        correlation_id text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        tally jsonb NOT NULL,
        after_decided_at timestamptz,
        after_capture_id uuid,
        attempts smallint NOT NULL DEFAULT 0,
        lease_token uuid,
        leased_until timestamptz,
        finished_at timestamptz,
        CHECK ((state IN ('done', 'failed')) = (finished_at IS NOT NULL))
      );
      CREATE INDEX policy_simulations_due ON policy_simulations (created_at) WHERE finished_at IS NULL;
      CREATE INDEX policy_simulations_by_time ON policy_simulations (tenant_id, created_at);
      ${tenantTable('policy_simulations', 'SELECT, INSERT, UPDATE, DELETE')}
      ${systemRights(
        'policy_simulations',
        'SELECT (id, tenant_id, state, created_at, finished_at, attempts, lease_token, leased_until), UPDATE (state, attempts, lease_token, leased_until, finished_at)',
      )}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE policy_simulations');
  }
}
