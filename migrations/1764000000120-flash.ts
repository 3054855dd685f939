import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether a capture's challenge has a flash, and the colours drawn for it at its start. */
export class Flash1764000000120 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE captures
        ADD COLUMN flash boolean NOT NULL DEFAULT false,
        ADD COLUMN colours text[],
        ADD CONSTRAINT captures_colours CHECK ((colours IS NOT NULL) = (flash AND actions IS NOT NULL));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE captures DROP COLUMN colours, DROP COLUMN flash');
  }
}
