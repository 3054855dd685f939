import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from './support/tenancy.js';

/** Protected references, what authorises a further one, what a decision was compared with, and the index of duplicates. */
export class Enrolment1764000000080 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE subjects ADD COLUMN template_key jsonb;

      ALTER TABLE subject_references
        ADD COLUMN template_key_id uuid,
        ADD COLUMN basis text NOT NULL DEFAULT 'first' CHECK (basis IN ('first', 'verification', 'override'));

      ALTER TABLE captures
        ADD COLUMN reference_mode text CHECK (reference_mode IN ('first', 'additional', 'replacement')),
        ADD COLUMN authorised_by uuid,
        ADD COLUMN override_reason text CHECK (length(override_reason) BETWEEN 1 AND 200),
        ADD CHECK (reference_mode IS NULL OR purpose = 'enrolment'),
        ADD CHECK (num_nonnulls(authorised_by, override_reason) =
          CASE WHEN reference_mode IN ('additional', 'replacement') THEN 1 ELSE 0 END);
      CREATE INDEX captures_by_authorisation ON captures (authorised_by) WHERE authorised_by IS NOT NULL;

      ALTER TABLE decisions
        ADD COLUMN comparisons jsonb NOT NULL DEFAULT '[]',
        ADD COLUMN duplicate_check text NOT NULL DEFAULT 'off'
          CHECK (duplicate_check IN ('off', 'passed', 'found', 'incomplete'));

      CREATE TABLE duplicate_indexes (
        tenant_id uuid PRIMARY KEY REFERENCES tenants,
        wrapped_key jsonb NOT NULL,
        template_key jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      ${tenantTable('duplicate_indexes', 'SELECT, INSERT, UPDATE, DELETE')}

      CREATE TABLE duplicate_entries (
        reference_id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES duplicate_indexes ON DELETE CASCADE,
        subject_id uuid NOT NULL,
        model_id text NOT NULL,
        sealed_template bytea NOT NULL,
        FOREIGN KEY (tenant_id, subject_id) REFERENCES subjects (tenant_id, id) ON DELETE CASCADE
      );
      CREATE INDEX duplicate_entries_by_model ON duplicate_entries (tenant_id, model_id, reference_id);
      CREATE INDEX duplicate_entries_by_subject ON duplicate_entries (subject_id);
      ${tenantTable('duplicate_entries', 'SELECT, INSERT, DELETE')}

      CREATE TABLE decision_duplicates (
        capture_id uuid NOT NULL,
        tenant_id uuid NOT NULL,
        subject_id uuid NOT NULL,
        score double precision NOT NULL,
        PRIMARY KEY (capture_id, subject_id),
        FOREIGN KEY (tenant_id, capture_id) REFERENCES captures (tenant_id, id) ON DELETE CASCADE,
        FOREIGN KEY (tenant_id, subject_id) REFERENCES subjects (tenant_id, id) ON DELETE CASCADE
      );
      CREATE INDEX decision_duplicates_by_subject ON decision_duplicates (subject_id);
      ${tenantTable('decision_duplicates', 'SELECT, INSERT, DELETE')}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE decision_duplicates, duplicate_entries, duplicate_indexes;
      ALTER TABLE decisions DROP COLUMN comparisons, DROP COLUMN duplicate_check;
      ALTER TABLE captures DROP COLUMN reference_mode, DROP COLUMN authorised_by, DROP COLUMN override_reason;
      ALTER TABLE subject_references DROP COLUMN template_key_id, DROP COLUMN basis;
      ALTER TABLE subjects DROP COLUMN template_key;
    `);
  }
}
