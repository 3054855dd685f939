import type { MigrationInterface, QueryRunner } from 'typeorm';

/** That the deed of a named request was done, written in the deed's own transaction. */
export class IdempotencyDone1764000000132 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE idempotency_keys ADD COLUMN done boolean NOT NULL DEFAULT false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE idempotency_keys DROP COLUMN done');
  }
}
