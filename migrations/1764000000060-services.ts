import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Clients that are administered: limits, secrets that overlap, tokens that end early; and what a tenant settles for itself. */
export class Services1764000000060 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE clients
        ADD COLUMN rate_limit_per_minute integer CHECK (rate_limit_per_minute >= 1),
        ADD COLUMN token_generation integer NOT NULL DEFAULT 0,
        ADD COLUMN previous_secret_hash bytea,
        ADD COLUMN previous_secret_until timestamptz,
        ADD CONSTRAINT clients_previous_secret_check
          CHECK ((previous_secret_hash IS NULL) = (previous_secret_until IS NULL));
      GRANT UPDATE (name, rate_limit_per_minute, token_generation, previous_secret_hash, previous_secret_until)
        ON clients TO sb_app;

      ALTER TABLE tenants
        ADD COLUMN display_name text CHECK (length(display_name) BETWEEN 1 AND 100),
        ADD COLUMN frame_retention_ms bigint CHECK (frame_retention_ms >= 0);
      GRANT UPDATE (display_name, frame_retention_ms) ON tenants TO sb_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      REVOKE UPDATE (display_name, frame_retention_ms) ON tenants FROM sb_app;
      ALTER TABLE tenants DROP COLUMN display_name, DROP COLUMN frame_retention_ms;

      REVOKE UPDATE (name) ON clients FROM sb_app;
      ALTER TABLE clients
        DROP COLUMN rate_limit_per_minute,
        DROP COLUMN token_generation,
        DROP COLUMN previous_secret_hash,
        DROP COLUMN previous_secret_until;
    `);
  }
}
