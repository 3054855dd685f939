import type { MigrationInterface, QueryRunner } from 'typeorm';

const ENDED = `('decided', 'expired', 'cancelled')`;
const IN_FLIGHT = `('submitted', 'processing')`;

/** What reading needs: a notification of every end, the order of the list, the backlog's figures, and how often a stage began. */
export class WatchingCaptures1764000000004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION notify_capture_ended() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_notify('sb_capture_ended', OLD.id::text); RETURN NULL; END $$;
      CREATE TRIGGER wake_at_end AFTER UPDATE OF state ON captures FOR EACH ROW
        WHEN (OLD.state NOT IN ${ENDED} AND NEW.state IN ${ENDED}) EXECUTE FUNCTION notify_capture_ended();
      CREATE TRIGGER wake_at_erasure AFTER DELETE ON captures FOR EACH ROW
        WHEN (OLD.state NOT IN ${ENDED}) EXECUTE FUNCTION notify_capture_ended();

      CREATE INDEX captures_by_time ON captures (tenant_id, created_at, id);

      DROP INDEX captures_backlog;
      CREATE INDEX captures_in_flight ON captures (submitted_at, id) WHERE state IN ${IN_FLIGHT};
      CREATE INDEX captures_decided ON captures (ended_at) WHERE state = 'decided';
      GRANT SELECT (submitted_at, ended_at) ON captures TO sb_system;

      ALTER TABLE captures ADD COLUMN stage_attempts smallint NOT NULL DEFAULT 0;
      ALTER TABLE stage_results ADD COLUMN attempts smallint NOT NULL DEFAULT 1 CHECK (attempts >= 1);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE stage_results DROP COLUMN attempts;
      ALTER TABLE captures DROP COLUMN stage_attempts;

      REVOKE SELECT (submitted_at, ended_at) ON captures FROM sb_system;
      DROP INDEX captures_decided, captures_in_flight;
      CREATE INDEX captures_backlog ON captures (id) WHERE state IN ${IN_FLIGHT};

      DROP INDEX captures_by_time;

      DROP TRIGGER wake_at_erasure ON captures;
      DROP TRIGGER wake_at_end ON captures;
      DROP FUNCTION notify_capture_ended;
    `);
  }
}
