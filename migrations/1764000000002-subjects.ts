import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from './support/tenancy.js';

/** Subjects with their wrapped data key, consents, and references (stored templates, sealed). */
export class Subjects1764000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE subjects (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        wrapped_key jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (tenant_id, id)
      );
      ${tenantTable('subjects', 'SELECT, INSERT, UPDATE, DELETE')}

      CREATE TABLE consents (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        subject_id uuid NOT NULL,
        purpose text NOT NULL CHECK (purpose IN ('enrolment', 'verification', 'liveness')),
        notice_version text NOT NULL CHECK (length(notice_version) BETWEEN 1 AND 100),
        given_at timestamptz NOT NULL DEFAULT now(),
        withdrawn_at timestamptz,
        FOREIGN KEY (tenant_id, subject_id) REFERENCES subjects (tenant_id, id) ON DELETE CASCADE
      );
      CREATE UNIQUE INDEX consents_one_active ON consents (subject_id, purpose) WHERE withdrawn_at IS NULL;
      ${tenantTable('consents', 'SELECT, INSERT, UPDATE (withdrawn_at), DELETE')}

      CREATE TABLE subject_references (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        subject_id uuid NOT NULL,
        ordinal integer NOT NULL CHECK (ordinal >= 1),
        capture_id uuid NOT NULL UNIQUE,
        model_id text NOT NULL,
        sealed_template bytea NOT NULL,
        assurance text NOT NULL CHECK (assurance IN ('self_asserted', 'supervised', 'relying_party_proofed')),
        created_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (subject_id, ordinal),
        FOREIGN KEY (tenant_id, subject_id) REFERENCES subjects (tenant_id, id) ON DELETE CASCADE
      );
      ${tenantTable('subject_references', 'SELECT, INSERT, DELETE')}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE subject_references, consents, subjects');
  }
}
