import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The keyed hash of how the head moved, beside those of the frames: kept and erased with them. Null: too little moved, or it is older. */
export class Trajectories1764000000121 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE capture_projections ADD COLUMN trajectory bytea');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE capture_projections DROP COLUMN trajectory');
  }
}
