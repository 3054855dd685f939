import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the model's calibration says of the score a decision was taken on; decisions from before have none. */
export class Calibration1764000000090 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE decisions
      ADD COLUMN fmr_upper double precision CHECK (fmr_upper BETWEEN 0 AND 1),
      ADD COLUMN calibration text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE decisions DROP COLUMN fmr_upper, DROP COLUMN calibration');
  }
}
