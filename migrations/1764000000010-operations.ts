import type { MigrationInterface, QueryRunner } from 'typeorm';
import { systemRights } from './support/tenancy.js';

/** What operators ask: how long captures have been waiting for which stage, and which workers are there to serve it. */
export class Operations1764000000010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE captures ADD COLUMN stage_queued_at timestamptz;
      GRANT SELECT (stage, stage_queued_at, stage_started_at) ON captures TO sb_system;

      CREATE TABLE worker_heartbeats (
        worker_id uuid PRIMARY KEY,
        started_at timestamptz NOT NULL DEFAULT now(),
        seen_at timestamptz NOT NULL DEFAULT now(),
        version text NOT NULL,
        stages text[] NOT NULL,
        inference_backend text,
        models jsonb NOT NULL DEFAULT '[]'
      );
      ALTER TABLE worker_heartbeats ENABLE ROW LEVEL SECURITY;
      ALTER TABLE worker_heartbeats FORCE ROW LEVEL SECURITY;
      ${systemRights('worker_heartbeats', 'SELECT, INSERT, UPDATE, DELETE')}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE worker_heartbeats;
      REVOKE SELECT (stage, stage_queued_at, stage_started_at) ON captures FROM sb_system;
      ALTER TABLE captures DROP COLUMN stage_queued_at;
    `);
  }
}
