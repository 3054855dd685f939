import { randomUUID } from 'node:crypto';
import { endSessionsWithReferences, FaceSessions, FaceSessionSweeper } from '#face-sessions';
import { References } from '#subjects';
import { InProcess } from '../support/stack-in-process.js';

const MINUTE_MS = 60_000;

let one: InProcess;
let sessions: FaceSessions;
let references: References;

beforeAll(async () => {
  one = await InProcess.open();
  sessions = new FaceSessions(one.unitOfWork, {
    issuer: 'test',
    captureAgeMs: 5 * MINUTE_MS,
    idleMs: MINUTE_MS,
    ttlMs: 60 * MINUTE_MS,
  });
  references = new References(one.unitOfWork, endSessionsWithReferences);
});
afterAll(() => one?.close());

/** An enrolled and verified subject, all through the pipeline. */
async function verified() {
  const subjectId = await one.subject();
  await one.runStages(await one.submitted('enrolment', subjectId));
  const job = await one.submitted('verification', subjectId);
  await one.runStages(job);
  return { subjectId, captureId: job.captureId };
}
async function opened() {
  const { subjectId, captureId } = await verified();
  const { session, token } = await sessions.open(one.caller, captureId);
  return { id: session.id, token, subjectId, captureId };
}
/** One more enrolment of the subject, by an operator's leave. */
async function enrolByOverride(subjectId: string, reference: 'additional' | 'replacement') {
  const order = { purpose: 'enrolment', subjectId, reference, overrideReason: 'another face' } as const;
  const { id } = await one.createCapture.execute(one.caller, order);
  await one.startCapture.execute(one.caller, id);
  await one.submit(id);
  await one.runStages({ v: 1, tenantId: one.tenantId, captureId: id, generation: 1 });
  expect((await one.probe.effects(id)).outcomes).toEqual(['accepted/accepted']);
}
async function removeFirstReference(subjectId: string) {
  const [first] = await references.list(one.tenantId, subjectId);
  await references.remove(one.caller, subjectId, (first as { id: string }).id);
}
const running = (subjectId: string) =>
  one.probe.count('face_sessions WHERE subject_id = $1 AND ended_at IS NULL', [subjectId]);
const newSweeper = (
  onError: (error: unknown, tenantId: string) => void = (error) => {
    throw error;
  },
) => new FaceSessionSweeper(one.unitOfWork, onError);
const sweep = () =>
  Promise.all(
    [1, 2, 3].map(async () => {
      const sweeper = newSweeper();
      while ((await sweeper.sweepDue()) > 0);
    }),
  );
const ends = (id: string) =>
  one.probe.rows<{ actor: string; reason: string }>(
    `SELECT actor_kind AS actor, detail->>'reason' AS reason FROM audit_events WHERE action = 'face_session.ended' AND target_id = $1`,
    [id],
  );
const exists = async (id: string) => (await one.probe.count('face_sessions WHERE id = $1', [id])) === 1;

it('a decision of the pipeline opens one, with what it proved', async () => {
  const { token, subjectId } = await opened();
  expect(await sessions.introspect(one.caller, token)).toMatchObject({
    subjectId,
    padLevel: 'none',
    assurance: 'self_asserted',
    relyingPartyNonce: null,
  });
});

describe('the sweeper of sessions', () => {
  it('ends what was idle, once, however many sweep, and leaves what is used', async () => {
    const [idle, used] = [await opened(), await opened()];
    await one.probe.rows('UPDATE face_sessions SET ends_at = now() WHERE id = $1', [idle.id]);
    await sweep();
    expect(await ends(idle.id)).toEqual([{ actor: 'system', reason: 'expired' }]);
    expect(await ends(used.id)).toEqual([]);
    expect(await sessions.introspect(one.caller, idle.token)).toBeUndefined();
    expect(await sessions.introspect(one.caller, used.token)).toBeDefined();
    expect(await exists(idle.id)).toBe(true);
  });

  it('removes those that ended a day ago, and then too the capture opens no other', async () => {
    const [old, recent] = [await opened(), await opened()];
    for (const { id } of [old, recent]) await sessions.end(one.caller, id);
    await one.probe.rows(`UPDATE face_sessions SET ended_at = now() - interval '25 hours' WHERE id = $1`, [
      old.id,
    ]);
    await one.probe.rows(
      `UPDATE decisions SET decided_at = now() - interval '25 hours' WHERE capture_id = $1`,
      [old.captureId],
    );
    await sweep();
    expect([await exists(old.id), await exists(recent.id)]).toEqual([false, true]);
    await expect(sessions.open(one.caller, old.captureId)).rejects.toMatchObject({
      code: 'verification_too_old',
    });
  });

  it('ends sessions of every tenant, each in its own trail', async () => {
    const { id } = await opened();
    const tenantId = await tenantWithDueSession();
    await one.probe.rows('UPDATE face_sessions SET ends_at = now() WHERE id = $1', [id]);
    await sweep();
    for (const [session, tenant] of [
      [id, one.tenantId],
      [tenantId, tenantId],
    ])
      expect(
        await one.probe.count(
          `audit_events WHERE action = 'face_session.ended' AND target_id = $1 AND tenant_id = $2`,
          [session, tenant],
        ),
      ).toBe(1);
  });

  it('goes on with the others when it fails for one tenant, and says for which', async () => {
    const tenants = [];
    for (let i = 0; i < 3; i++) tenants.push(await tenantWithDueSession());
    const [broken] = tenants as [string];
    await one.probe.rows(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken tenant'; END $$;
      CREATE TRIGGER broken BEFORE INSERT ON audit_events FOR EACH ROW WHEN (NEW.tenant_id = '${broken}') EXECUTE FUNCTION refuse()
    `);
    const failed: string[] = [];
    const sweeper = newSweeper((_error, tenantId) => failed.push(tenantId));
    expect(await sweeper.sweepDue()).toBe(2);
    expect(failed).toEqual([broken]);
    expect(
      await one.probe.rows(
        'SELECT tenant_id FROM face_sessions WHERE tenant_id = ANY($1) AND ended_at IS NULL',
        [tenants],
      ),
    ).toEqual([{ tenant_id: broken }]);
    await one.probe.rows('DROP FUNCTION refuse CASCADE');
    expect(await newSweeper().sweepDue()).toBe(1);
  });

  /** @returns id of a new tenant, and of the one session it has */
  async function tenantWithDueSession(): Promise<string> {
    const id = randomUUID();
    for (const statement of [
      `INSERT INTO tenants (id, name) VALUES ($1, $1)`,
      `INSERT INTO subjects (id, tenant_id, wrapped_key) VALUES ($1, $1, '{}')`,
      `INSERT INTO captures (id, tenant_id, subject_id, purpose, state, policy_version, correlation_id, created_by, page_code_hash, expires_at)
       VALUES ($1, $1, $1, 'verification', 'decided', 0, '', '', '', now())`,
      `INSERT INTO face_sessions (id, tenant_id, subject_id, capture_id, opened_by, token_hash, authenticated_at, pad_level, assurance, expires_at, ends_at)
       VALUES ($1, $1, $1, $1, '', uuid_send($1), now(), '', '', now(), now())`,
    ])
      await one.probe.rows(statement.replaceAll('$1', `'${id}'`));
    return id;
  }
});

it('consent that is withdrawn while a session is opened leaves none that holds', async () => {
  for (let round = 0; round < 6; round++) {
    const { subjectId, captureId } = await verified();
    const consents = await one.consents.list(one.tenantId, subjectId);
    const consent = consents.find(({ purpose }) => purpose === 'verification') as { id: string };
    const [opening] = await Promise.allSettled([
      sessions.open(one.caller, captureId),
      one.consents.withdraw(one.caller, subjectId, consent.id),
    ]);
    if (opening.status === 'fulfilled')
      expect(await sessions.introspect(one.caller, opening.value.token)).toBeUndefined();
    else expect(opening.reason).toMatchObject({ code: 'consent_required' });
    expect(await running(subjectId)).toBe(0);
  }
});

describe('a reference that is deleted', () => {
  it('ends the sessions of its subject in the same transaction, and no others', async () => {
    const [of, other] = [await opened(), await opened()];
    await enrolByOverride(of.subjectId, 'additional');
    expect(await sessions.introspect(one.caller, of.token)).toBeDefined();
    await removeFirstReference(of.subjectId);
    expect(await sessions.introspect(one.caller, of.token)).toBeUndefined();
    expect(await sessions.introspect(one.caller, other.token)).toBeDefined();
    expect(await ends(of.id)).toEqual([{ actor: one.caller.actor.kind, reason: 'reference_deleted' }]);
    const [transactions] = await one.probe.rows(
      `SELECT count(DISTINCT xmin::text)::int AS n FROM audit_events
       WHERE (action = 'reference.deleted' AND target_id = $1) OR (action = 'face_session.ended' AND target_id = $2)`,
      [of.subjectId, of.id],
    );
    expect(transactions).toEqual({ n: 1 });
  });

  it('leaves no verification that was compared with it to open one', async () => {
    const { subjectId, captureId } = await verified();
    await enrolByOverride(subjectId, 'additional');
    await removeFirstReference(subjectId);
    await expect(sessions.open(one.caller, captureId)).rejects.toMatchObject({
      code: 'verification_required',
    });
  });

  it('is also one that an enrolment replaces', async () => {
    const [before, unused] = [await opened(), await verified()];
    for (const { subjectId } of [before, unused]) await enrolByOverride(subjectId, 'replacement');
    expect(await sessions.introspect(one.caller, before.token)).toBeUndefined();
    expect(await ends(before.id)).toEqual([{ actor: 'system', reason: 'reference_deleted' }]);
    await expect(sessions.open(one.caller, unused.captureId)).rejects.toMatchObject({
      code: 'verification_required',
    });
  });

  it('while a session is opened leaves none that holds', async () => {
    for (let round = 0; round < 6; round++) {
      const { subjectId, captureId } = await verified();
      const [opening, removal] = await Promise.allSettled([
        sessions.open(one.caller, captureId),
        removeFirstReference(subjectId),
      ]);
      expect(removal.status).toBe('fulfilled');
      if (opening.status === 'fulfilled')
        expect(await sessions.introspect(one.caller, opening.value.token)).toBeUndefined();
      else expect(opening.reason).toMatchObject({ code: 'not_enrolled' });
      expect(await running(subjectId)).toBe(0);
    }
  });
});

it('the subject that is erased while a session is opened leaves none', async () => {
  for (let round = 0; round < 4; round++) {
    const { subjectId, captureId } = await verified();
    const [opening, erasure] = await Promise.allSettled([
      sessions.open(one.caller, captureId),
      one.subjects.erase(one.caller, subjectId),
    ]);
    expect(erasure).toMatchObject({
      status: 'fulfilled',
      value: { faceSessions: opening.status === 'fulfilled' ? 1 : 0 },
    });
    if (opening.status === 'fulfilled')
      expect(await sessions.introspect(one.caller, opening.value.token)).toBeUndefined();
    else expect(opening.reason).toMatchObject({ code: 'capture_not_found' });
    expect(await one.probe.count('face_sessions WHERE subject_id = $1', [subjectId])).toBe(0);
  }
});
