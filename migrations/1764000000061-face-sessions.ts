import type { MigrationInterface, QueryRunner } from 'typeorm';
import { systemRights, tenantTable } from './support/tenancy.js';

/** Sessions that relying parties open on accepted verifications: one for a capture at most, of the token only the hash. */
export class FaceSessions1764000000061 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE face_sessions (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        subject_id uuid NOT NULL,
        capture_id uuid NOT NULL UNIQUE,
        opened_by text NOT NULL,
        token_hash bytea NOT NULL UNIQUE,
        authenticated_at timestamptz NOT NULL,
        relying_party_nonce text,
        pad_level text NOT NULL,
        assurance text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL,
        ended_at timestamptz,
        end_reason text CHECK (end_reason IN ('requested', 'expired', 'consent_withdrawn')),
        FOREIGN KEY (tenant_id, subject_id) REFERENCES subjects (tenant_id, id) ON DELETE CASCADE,
        FOREIGN KEY (tenant_id, capture_id) REFERENCES captures (tenant_id, id) ON DELETE CASCADE,
        CHECK (ends_at <= expires_at),
        CHECK ((ended_at IS NULL) = (end_reason IS NULL))
      );
      CREATE INDEX face_sessions_running ON face_sessions (ends_at) WHERE ended_at IS NULL;
      CREATE INDEX face_sessions_ended ON face_sessions (ended_at) WHERE ended_at IS NOT NULL;
      CREATE INDEX face_sessions_by_subject ON face_sessions (subject_id);
      ${tenantTable('face_sessions', 'SELECT, INSERT, UPDATE (ends_at, ended_at, end_reason)')}
      ${systemRights('face_sessions', 'SELECT (id, tenant_id, ends_at, ended_at), DELETE')}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE face_sessions');
  }
}
