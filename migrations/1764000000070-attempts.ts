import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from './support/tenancy.js';

/** What is counted of each subject's verification attempts; erased with the subject. */
export class Attempts1764000000070 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE subject_attempts (
        subject_id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        window_started_at timestamptz,
        failures integer NOT NULL CHECK (failures >= 0),
        inconclusive integer NOT NULL CHECK (inconclusive >= 0),
        consecutive_failures integer NOT NULL CHECK (consecutive_failures >= failures),
        last_failure_at timestamptz,
        FOREIGN KEY (tenant_id, subject_id) REFERENCES subjects (tenant_id, id) ON DELETE CASCADE,
        CHECK (window_started_at IS NOT NULL OR (failures = 0 AND inconclusive = 0)),
        CHECK ((consecutive_failures = 0) = (last_failure_at IS NULL))
      );
      ${tenantTable('subject_attempts', 'SELECT, INSERT, UPDATE, DELETE')}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE subject_attempts');
  }
}
