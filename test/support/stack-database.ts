import { DataSource } from 'typeorm';
import { STAGES } from '#queue';
import { until } from './wait.js';

/** Everything that came of a capture, as the tables tell it. */
export interface Effects {
  readonly state: string;
  readonly generation: number;
  readonly outcomes: readonly string[];
  /** The stages that have a result, each as often as it has one, in the order they finished. */
  readonly results: readonly string[];
  /** References this capture created. */
  readonly references: number;
  /** Audited deeds on this capture, each with its count. */
  readonly audit: Readonly<Record<string, number>>;
  /** Messages still in the outbox that would put it into the queue. */
  readonly outbox: number;
}

/** Looks at a test's database as its superuser, whom row level security does not bind. */
export class DatabaseProbe {
  private constructor(private readonly source: DataSource) {}

  static async open(url: string): Promise<DatabaseProbe> {
    const source = new DataSource({
      type: 'postgres',
      url,
      applicationName: 'test probe',
      extra: { max: 2 },
    });
    return new DatabaseProbe(await source.initialize());
  }

  close(): Promise<void> {
    return this.source.destroy();
  }

  async rows<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.source.query<Row[]>(sql, [...parameters]);
  }

  async one<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row> {
    const [row] = await this.rows<Row>(sql, parameters);
    if (!row) throw new Error(`No row: ${sql}`);
    return row;
  }

  async count(from: string, parameters: readonly unknown[] = []): Promise<number> {
    const sql = `SELECT count(*)::int AS number FROM ${from}`;
    return (await this.one<{ number: number }>(sql, parameters)).number;
  }

  async effects(captureId: string): Promise<Effects> {
    const { audit, ...effects } = await this.one<Effects & { audit: Record<string, number> | null }>(
      `SELECT state, flow_generation AS generation,
         ARRAY(SELECT outcome || '/' || reason FROM decisions WHERE capture_id = c.id) AS outcomes,
         ARRAY(SELECT stage FROM stage_results WHERE capture_id = c.id ORDER BY finished_at) AS results,
         (SELECT count(*)::int FROM subject_references WHERE capture_id = c.id) AS references,
         (SELECT json_object_agg(action, number) FROM (
           SELECT action, count(*)::int AS number FROM audit_events
           WHERE target_kind = 'capture' AND target_id = c.id::text GROUP BY action) AS deeds) AS audit,
         (SELECT count(*)::int FROM outbox WHERE aggregate_id = c.id AND topic = 'capture.submitted') AS outbox
       FROM captures c WHERE id = $1`,
      [captureId],
    );
    return { ...effects, audit: audit ?? {} };
  }

  /** The effects once the capture waits in the outbox no more. */
  settledEffects(captureId: string): Promise<Effects> {
    return until(async () => {
      const effects = await this.effects(captureId);
      return effects.outbox === 0 ? effects : undefined;
    });
  }

  /** Sessions of the database other than the probe's own. */
  async sessions(): Promise<{ application: string; count: number }[]> {
    return this.rows(
      `SELECT application_name AS application, count(*)::int AS count FROM pg_stat_activity
       WHERE datname = current_database() AND application_name <> 'test probe' AND backend_type = 'client backend'
       GROUP BY 1 ORDER BY 1`,
    );
  }
}

/** Whether the capture was decided exactly once, by its pictures and not by trouble, with everything that belongs to that. */
export function expectOneDecision(effects: Effects): void {
  const accepted = effects.outcomes.includes('accepted/accepted');
  expect(effects).toMatchObject({
    state: 'decided',
    outcomes: [expect.not.stringContaining('processing_failed')],
    references: accepted ? 1 : 0,
    audit: { 'capture.submitted': 1, 'capture.decided': 1 },
    outbox: 0,
  });
  expect([...effects.results].sort()).toEqual([...STAGES].sort());
}
