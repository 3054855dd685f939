import type { MigrationInterface, QueryRunner } from 'typeorm';
import { systemRights, tenantTable } from './support/tenancy.js';

/** Roles, tenants, clients, policies, the audit trail and the outbox. */
export class Foundations1764000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const role of ['sb_app', 'sb_system']) await runner.query(createRole(role));
    await runner.query(`
      GRANT USAGE ON SCHEMA public TO sb_app, sb_system;

      CREATE TABLE tenants (
        id uuid PRIMARY KEY,
        name text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 100),
        created_at timestamptz NOT NULL DEFAULT now()
      );
      ${tenantTable('tenants', 'SELECT', 'id')}
      ${systemRights('tenants', 'SELECT, INSERT')}

      CREATE TABLE clients (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
        secret_hash bytea NOT NULL,
        scopes text[] NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        revoked_at timestamptz,
        UNIQUE (tenant_id, name)
      );
      ${tenantTable('clients', 'SELECT, INSERT, UPDATE (revoked_at, secret_hash, scopes)')}
      ${systemRights('clients', 'SELECT (id, tenant_id)')}

      CREATE TABLE policies (
        tenant_id uuid NOT NULL REFERENCES tenants,
        version integer NOT NULL CHECK (version >= 1),
        body jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, version)
      );
      ${tenantTable('policies', 'SELECT, INSERT')}

      CREATE TABLE audit_events (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        occurred_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        action text NOT NULL,
        outcome text NOT NULL CHECK (outcome IN ('success', 'refused', 'failure')),
        actor_kind text NOT NULL CHECK (actor_kind IN ('client', 'capture_credential', 'system', 'anonymous')),
        actor_id text,
        target_kind text,
        target_id text,
        correlation_id text,
        detail jsonb NOT NULL DEFAULT '{}'
      );
      CREATE INDEX audit_events_by_time ON audit_events (tenant_id, occurred_at);
      CREATE INDEX audit_events_by_target ON audit_events (tenant_id, target_id);
      ${tenantTable('audit_events', 'SELECT, INSERT')}
      CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege'; END $$;
      CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events EXECUTE FUNCTION refuse_change();

      CREATE TABLE outbox (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        topic text NOT NULL,
        aggregate_id uuid NOT NULL,
        payload_version integer NOT NULL CHECK (payload_version >= 1),
        created_at timestamptz NOT NULL DEFAULT now(),
        available_at timestamptz NOT NULL DEFAULT now(),
        attempts integer NOT NULL DEFAULT 0,
        lease_token uuid,
        leased_until timestamptz
      );
      CREATE INDEX outbox_due ON outbox (available_at, id);
      ${tenantTable('outbox', 'SELECT, INSERT')}
      ${systemRights('outbox', 'SELECT, UPDATE, DELETE')}
      CREATE FUNCTION notify_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_notify('sb_outbox', ''); RETURN NULL; END $$;
      CREATE TRIGGER wake_relay AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION notify_outbox();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE outbox, audit_events, policies, clients, tenants;
      DROP FUNCTION notify_outbox, refuse_change;
      REVOKE USAGE ON SCHEMA public FROM sb_app, sb_system;
    `);
    for (const role of ['sb_app', 'sb_system']) await runner.query(dropRole(role));
  }
}

/** Roles belong to the whole cluster, where another database of ours may have made them already. */
function createRole(role: string): string {
  return `DO $$ BEGIN
    BEGIN
      CREATE ROLE ${role} NOLOGIN NOSUPERUSER NOBYPASSRLS;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
    IF NOT pg_has_role(current_user, '${role}', 'MEMBER') THEN GRANT ${role} TO CURRENT_USER; END IF;
  END $$`;
}

function dropRole(role: string): string {
  return `DO $$ BEGIN
    DROP ROLE ${role};
  EXCEPTION WHEN dependent_objects_still_exist THEN NULL;
  END $$`;
}
