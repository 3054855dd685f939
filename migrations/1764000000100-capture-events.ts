import type { MigrationInterface, QueryRunner } from 'typeorm';
import { systemRights, tenantTable } from './support/tenancy.js';

/**
 * What happened to a capture, numbered without a gap: each state it came to, each stage's result, its decision. Triggers write it in the
 * transaction of the deed itself, so no deed can forget it; the number is taken under the capture's lock, so it is the order of commits.
 */
export class CaptureEvents1764000000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE capture_events (
        capture_id uuid NOT NULL,
        tenant_id uuid NOT NULL,
        seq integer NOT NULL CHECK (seq >= 1),
        kind text NOT NULL CHECK (kind IN ('state', 'stage', 'decision')),
        name text NOT NULL,
        occurred_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (capture_id, seq),
        FOREIGN KEY (tenant_id, capture_id) REFERENCES captures (tenant_id, id) ON DELETE CASCADE
      );
      ${tenantTable('capture_events', 'SELECT, INSERT')}
      ${systemRights('capture_events', 'SELECT (capture_id, seq)')}
      CREATE TRIGGER insert_only BEFORE UPDATE ON capture_events EXECUTE FUNCTION refuse_change();

      CREATE FUNCTION append_capture_event(capture uuid, tenant uuid, kind text, name text) RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM 1 FROM captures WHERE id = capture FOR NO KEY UPDATE;
          INSERT INTO capture_events (capture_id, tenant_id, seq, kind, name)
            SELECT capture, tenant, coalesce(max(e.seq), 0) + 1, append_capture_event.kind, append_capture_event.name
            FROM capture_events e WHERE e.capture_id = capture;
          PERFORM pg_notify('sb_capture_event', capture::text);
        END $$;
      CREATE FUNCTION tell_capture_state() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM append_capture_event(NEW.id, NEW.tenant_id, 'state', NEW.state); RETURN NULL; END $$;
      CREATE FUNCTION tell_stage_result() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM append_capture_event(NEW.capture_id, NEW.tenant_id, 'stage', NEW.stage); RETURN NULL; END $$;
      CREATE FUNCTION tell_decision() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM append_capture_event(NEW.capture_id, NEW.tenant_id, 'decision', NEW.outcome); RETURN NULL; END $$;
      CREATE TRIGGER tell_creation AFTER INSERT ON captures FOR EACH ROW EXECUTE FUNCTION tell_capture_state();
      CREATE TRIGGER tell_state AFTER UPDATE OF state ON captures FOR EACH ROW
        WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION tell_capture_state();
      CREATE TRIGGER tell_result AFTER INSERT ON stage_results FOR EACH ROW EXECUTE FUNCTION tell_stage_result();
      CREATE TRIGGER tell_decision AFTER INSERT ON decisions FOR EACH ROW EXECUTE FUNCTION tell_decision();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER tell_decision ON decisions;
      DROP TRIGGER tell_result ON stage_results;
      DROP TRIGGER tell_state ON captures;
      DROP TRIGGER tell_creation ON captures;
      DROP FUNCTION tell_decision(), tell_stage_result(), tell_capture_state(), append_capture_event(uuid, uuid, text, text);
      DROP TABLE capture_events;
    `);
  }
}
