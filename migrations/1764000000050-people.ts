import type { MigrationInterface, QueryRunner } from 'typeorm';
import { systemRights, tenantTable } from './support/tenancy.js';

const ACTORS = ['client', 'capture_credential', 'operator', 'system', 'anonymous'];

/** People who log in: accounts, sessions with their family of refresh tokens, known devices, and how long the next try must wait. */
export class People1764000000050 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE users (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
        roles text[] NOT NULL CHECK (cardinality(roles) >= 1 AND roles <@ ARRAY['admin', 'operator', 'reviewer', 'auditor']),
        password_hash text NOT NULL,
        initial_password_until timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        disabled_at timestamptz,
        UNIQUE (tenant_id, name),
        UNIQUE (tenant_id, id)
      );
      ${tenantTable('users', 'SELECT, INSERT, UPDATE (roles, password_hash, initial_password_until, disabled_at)')}

      CREATE TABLE user_sessions (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        user_id uuid NOT NULL,
        user_agent text CHECK (length(user_agent) <= 200),
        created_at timestamptz NOT NULL DEFAULT now(),
        used_at timestamptz NOT NULL DEFAULT now(),
        idle_expires_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        ended_at timestamptz,
        UNIQUE (tenant_id, id),
        FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
      );
      CREATE INDEX user_sessions_by_user ON user_sessions (user_id);
      ${tenantTable('user_sessions', 'SELECT, INSERT, UPDATE (used_at, idle_expires_at, ended_at), DELETE')}
      ${systemRights('user_sessions', 'SELECT (id, tenant_id)')}

      CREATE TABLE refresh_tokens (
        session_id uuid NOT NULL,
        token_hash bytea NOT NULL,
        tenant_id uuid NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        replaced_at timestamptz,
        successor_seed bytea,
        PRIMARY KEY (session_id, token_hash),
        FOREIGN KEY (tenant_id, session_id) REFERENCES user_sessions (tenant_id, id) ON DELETE CASCADE
      );
      CREATE UNIQUE INDEX refresh_tokens_one_current ON refresh_tokens (session_id) WHERE replaced_at IS NULL;
      ${tenantTable('refresh_tokens', 'SELECT, INSERT, UPDATE (replaced_at, successor_seed), DELETE')}

      CREATE TABLE known_devices (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        user_id uuid NOT NULL,
        secret_hash bytea NOT NULL,
        used_at timestamptz NOT NULL DEFAULT now(),
        FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
      );
      CREATE INDEX known_devices_by_user ON known_devices (user_id, used_at);
      ${tenantTable('known_devices', 'SELECT, INSERT, UPDATE (used_at), DELETE')}

      CREATE TABLE login_backoff (
        key bytea PRIMARY KEY,
        failures integer NOT NULL,
        failed_at timestamptz NOT NULL,
        retry_at timestamptz NOT NULL
      );
      CREATE INDEX login_backoff_by_time ON login_backoff (failed_at);
      ALTER TABLE login_backoff ENABLE ROW LEVEL SECURITY;
      ALTER TABLE login_backoff FORCE ROW LEVEL SECURITY;
      ${systemRights('login_backoff', 'SELECT, INSERT, UPDATE, DELETE')}

      CREATE TABLE token_revocations (
        holder_id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX token_revocations_by_expiry ON token_revocations (expires_at);
      ${tenantTable('token_revocations', 'SELECT, INSERT, UPDATE (expires_at), DELETE')}
      ${systemRights('token_revocations', 'SELECT (holder_id, expires_at)')}

      ALTER TABLE audit_events DROP CONSTRAINT audit_events_actor_kind_check;
      ALTER TABLE audit_events ADD ${actorKinds([...ACTORS, 'user'])};
    `);
  }

  /** The trail is insert-only, so what people did stays in it: the narrower rule binds new events only. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE token_revocations, login_backoff, known_devices, refresh_tokens, user_sessions, users;
      ALTER TABLE audit_events DROP CONSTRAINT audit_events_actor_kind_check;
      ALTER TABLE audit_events ADD ${actorKinds(ACTORS)} NOT VALID;
    `);
  }
}

function actorKinds(kinds: readonly string[]): string {
  const list = kinds.map((kind) => `'${kind}'`).join(', ');
  return `CONSTRAINT audit_events_actor_kind_check CHECK (actor_kind IN (${list}))`;
}
