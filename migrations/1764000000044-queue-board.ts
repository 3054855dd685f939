import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from './support/tenancy.js';

const ACTORS = ['client', 'capture_credential', 'system', 'anonymous'];

/** Operators' passes to the queue board: a one-time code, then a session, of each only the hash; and operators in the audit trail. */
export class QueueBoard1764000000044 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE board_passes (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        actor text NOT NULL CHECK (length(actor) BETWEEN 1 AND 100),
        re_drive boolean NOT NULL,
        code_hash bytea NOT NULL UNIQUE,
        code_expires_at timestamptz NOT NULL,
        session_hash bytea UNIQUE,
        session_expires_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        CHECK ((session_hash IS NULL) = (session_expires_at IS NULL))
      );
      ${tenantTable('board_passes', 'SELECT, INSERT, UPDATE (session_hash, session_expires_at), DELETE')}
      ALTER TABLE audit_events DROP CONSTRAINT audit_events_actor_kind_check;
      ALTER TABLE audit_events ADD ${actorKinds([...ACTORS, 'operator'])};
    `);
  }

  /** The trail is insert-only, so what operators did stays in it: the narrower rule binds new events only. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE board_passes;
      ALTER TABLE audit_events DROP CONSTRAINT audit_events_actor_kind_check;
      ALTER TABLE audit_events ADD ${actorKinds(ACTORS)} NOT VALID;
    `);
  }
}

function actorKinds(kinds: readonly string[]): string {
  const list = kinds.map((kind) => `'${kind}'`).join(', ');
  return `CONSTRAINT audit_events_actor_kind_check CHECK (actor_kind IN (${list}))`;
}
