import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A face session also ends when a reference of its subject is deleted or replaced. */
export class SessionsEndWithReferences1764000000130 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await allowReasons(runner, ['requested', 'expired', 'consent_withdrawn', 'reference_deleted'], '');
  }

  /** Sessions that ended so stay as they are until they are removed a day later: the narrower rule binds new ends only. */
  async down(runner: QueryRunner): Promise<void> {
    await allowReasons(runner, ['requested', 'expired', 'consent_withdrawn'], 'NOT VALID');
  }
}

async function allowReasons(
  runner: QueryRunner,
  reasons: readonly string[],
  validity: '' | 'NOT VALID',
): Promise<void> {
  const list = reasons.map((reason) => `'${reason}'`).join(', ');
  await runner.query(`
    ALTER TABLE face_sessions DROP CONSTRAINT face_sessions_end_reason_check,
      ADD CONSTRAINT face_sessions_end_reason_check CHECK (end_reason IN (${list})) ${validity}
  `);
}
