import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Counts a person's passwords, so that a login that only renews the hash is told from a change of the password. */
export class PasswordGeneration1764000000131 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE users ADD COLUMN password_generation integer NOT NULL DEFAULT 0;
      GRANT UPDATE (password_generation) ON users TO sb_app
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE users DROP COLUMN password_generation');
  }
}
