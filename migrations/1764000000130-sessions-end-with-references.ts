import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A face session also ends when a reference of its subject is deleted or replaced. */
export class SessionsEndWithReferences1764000000130 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await allowReasons(runner, ['requested', 'expired', 'consent_withdrawn', 'reference_deleted']);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `UPDATE face_sessions SET end_reason = 'requested' WHERE end_reason = 'reference_deleted'`,
    );
    await allowReasons(runner, ['requested', 'expired', 'consent_withdrawn']);
  }
}

async function allowReasons(runner: QueryRunner, reasons: readonly string[]): Promise<void> {
  const list = reasons.map((reason) => `'${reason}'`).join(', ');
  await runner.query(`
    ALTER TABLE face_sessions DROP CONSTRAINT face_sessions_end_reason_check,
      ADD CONSTRAINT face_sessions_end_reason_check CHECK (end_reason IN (${list}))
  `);
}
