import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from './support/tenancy.js';

/** Which policy is active, what a decision rested on, what receipts say of it besides, and what a capture really was. */
export class PoliciesAndReceipts1764000000110 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE active_policies (
        tenant_id uuid PRIMARY KEY REFERENCES tenants,
        version integer NOT NULL CHECK (version >= 0),
        activated_at timestamptz NOT NULL DEFAULT now()
      );
      -- Until now the newest version applied. The owner is bound by the policies of the table too, unless they are not forced.
      ALTER TABLE policies NO FORCE ROW LEVEL SECURITY;
      INSERT INTO active_policies (tenant_id, version) SELECT tenant_id, max(version) FROM policies GROUP BY tenant_id;
      ALTER TABLE policies FORCE ROW LEVEL SECURITY;
      ${tenantTable('active_policies', 'SELECT, INSERT, UPDATE (version, activated_at)')}

      ALTER TABLE decisions ADD COLUMN evidence jsonb NOT NULL DEFAULT '{}';
      ALTER TABLE decisions ADD COLUMN enrolment_assurance text
        CHECK (enrolment_assurance IN ('self_asserted', 'supervised', 'relying_party_proofed'));
      CREATE INDEX decisions_by_time ON decisions (tenant_id, decided_at, capture_id);

      CREATE TABLE capture_labels (
        capture_id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        label text NOT NULL CHECK (label IN ('mated', 'non_mated', 'bona_fide', 'attack')),
        species text CHECK (length(species) BETWEEN 1 AND 50),
        labelled_at timestamptz NOT NULL DEFAULT now(),
        CHECK (species IS NULL OR label = 'attack'),
        FOREIGN KEY (tenant_id, capture_id) REFERENCES captures (tenant_id, id) ON DELETE CASCADE
      );
      ${tenantTable('capture_labels', 'SELECT, INSERT, UPDATE (label, species, labelled_at), DELETE')}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE capture_labels;
      DROP INDEX decisions_by_time;
      ALTER TABLE decisions DROP COLUMN enrolment_assurance, DROP COLUMN evidence;
      DROP TABLE active_policies;
    `);
  }
}
