import type { MigrationInterface, QueryRunner } from 'typeorm';
import { systemRights, tenantTable } from './support/tenancy.js';

/**
 * The chain over the audit trail: committed events that wait for their place, the places, and signed checkpoints. Each event puts itself
 * on the waiting list in its own transaction, so that one that commits late is found however many have a later time.
 */
export class AuditChain1764000000071 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX audit_events_by_time;
      CREATE INDEX audit_events_by_time ON audit_events (tenant_id, occurred_at, id);

      CREATE TABLE audit_pending (
        event_id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
      );
      CREATE INDEX audit_pending_by_time ON audit_pending (tenant_id, recorded_at, event_id);
      ${tenantTable('audit_pending', 'SELECT, INSERT, DELETE')}
      ${systemRights('audit_pending', 'SELECT (tenant_id, recorded_at)')}

      CREATE TABLE audit_chain (
        tenant_id uuid NOT NULL REFERENCES tenants,
        seq bigint NOT NULL CHECK (seq >= 1),
        event_id uuid NOT NULL UNIQUE,
        prev_hash bytea NOT NULL CHECK (length(prev_hash) = 32),
        hash bytea NOT NULL CHECK (length(hash) = 32),
        PRIMARY KEY (tenant_id, seq)
      );
      ${tenantTable('audit_chain', 'SELECT, INSERT')}
      ${systemRights('audit_chain', 'SELECT (tenant_id, seq)')}
      CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_chain EXECUTE FUNCTION refuse_change();

      CREATE TABLE audit_checkpoints (
        tenant_id uuid NOT NULL REFERENCES tenants,
        seq bigint NOT NULL CHECK (seq >= 1),
        signed text NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, seq)
      );
      ${tenantTable('audit_checkpoints', 'SELECT, INSERT')}
      ${systemRights('audit_checkpoints', 'SELECT (tenant_id, seq, created_at)')}
      CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoints EXECUTE FUNCTION refuse_change();

      CREATE FUNCTION await_place() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN INSERT INTO audit_pending (event_id, tenant_id) VALUES (NEW.id, NEW.tenant_id); RETURN NULL; END $$;
      CREATE TRIGGER await_place AFTER INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION await_place();

      -- What was recorded before there was a chain gets its place too; the owner sees rows only while nothing forces its policy on it.
      ALTER TABLE audit_events NO FORCE ROW LEVEL SECURITY;
      ALTER TABLE audit_pending NO FORCE ROW LEVEL SECURITY;
      INSERT INTO audit_pending (event_id, tenant_id, recorded_at) SELECT id, tenant_id, occurred_at FROM audit_events;
      ALTER TABLE audit_pending FORCE ROW LEVEL SECURITY;
      ALTER TABLE audit_events FORCE ROW LEVEL SECURITY;
      ANALYZE audit_events, audit_pending;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER await_place ON audit_events;
      DROP FUNCTION await_place;
      DROP TABLE audit_checkpoints, audit_chain, audit_pending;
      DROP INDEX audit_events_by_time;
      CREATE INDEX audit_events_by_time ON audit_events (tenant_id, occurred_at);
    `);
  }
}
