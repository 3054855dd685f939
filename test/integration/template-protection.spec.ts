import { compareTemplates, type ProtectedTemplate, type Template } from '#biometrics';
import { Policies, type PolicyBody } from '#captures';
import { envKeyring, generateKeyring, type Keyring, rotateKeyring } from '#crypto';
import { fromStoredKey, openReferences, ReferenceMaintenance, SubjectEntity, TemplateKey } from '#subjects';
import { PERFECT } from '../support/quality.js';
import { face, InProcess } from '../support/stack-in-process.js';

describe('protected references', () => {
  let one: InProcess;
  beforeAll(async () => {
    one = await InProcess.open();
  });
  afterAll(() => one?.close());
  beforeEach(() => show(face(1)));

  function show(template: Template): void {
    one.extract = () =>
      Promise.resolve({
        template,
        halt: null,
        frames: [],
        consistency: 0.9,
        groupConsistency: 0.95,
        quality: PERFECT,
        scalars: {},
      });
  }

  async function enrolled(): Promise<string> {
    const subjectId = await one.subject();
    await one.runStages(await one.submitted('enrolment', subjectId));
    return subjectId;
  }
  async function verify(
    subjectId: string,
    keyring = one.keyring,
  ): Promise<{ outcome: string | undefined; score: number | null }> {
    const job = await one.submitted('verification', subjectId);
    await one.runStages(job, 'liveness');
    await one.handle('decision', job, { pipeline: one.newPipeline(keyring) });
    const { outcomes } = await one.probe.effects(job.captureId);
    const { score } = await one.probe.one<{ score: number | null }>(
      'SELECT score FROM decisions WHERE capture_id = $1',
      [job.captureId],
    );
    return { outcome: outcomes[0], score };
  }

  /** The subject's references as they are stored, unsealed. */
  async function stored(subjectId: string): Promise<ProtectedTemplate[]> {
    const { wrappedKey } = await subject(subjectId);
    const owner = { tenantId: one.tenantId, ownerKind: 'subject', ownerId: subjectId } as const;
    const key = await one.keyring.unwrap(fromStoredKey(wrappedKey), owner);
    const opened = await one.unitOfWork.inTenant(one.tenantId, (manager) =>
      openReferences(manager, subjectId, key),
    );
    return opened.flatMap(({ template }) => template ?? []);
  }
  const subject = (id: string): Promise<SubjectEntity> =>
    one.unitOfWork.inTenant(one.tenantId, (manager) => manager.findOneByOrFail(SubjectEntity, { id }));
  const maintenance = (keyring: Keyring = one.keyring) => new ReferenceMaintenance(one.unitOfWork, keyring);
  const order = () => ({ tenantId: one.tenantId, actor: { kind: 'operator', id: 'alice' } as const });

  /** What an attacker could compute who has both in clear but the key. */
  const alike = (a: { values: Float32Array }, b: { values: Float32Array }): number =>
    compareTemplates({ ...face(1), values: a.values }, { ...face(1), values: b.values });

  it('are nothing like the face, nor like the same face of another subject, and match it exactly', async () => {
    const [first, second] = [await enrolled(), await enrolled()];
    const turned = [...(await stored(first)), ...(await stored(second))];
    const [own, other] = turned as [ProtectedTemplate, ProtectedTemplate];
    for (const template of turned) expect(Math.abs(alike(template, face(1)))).toBeLessThan(0.35);
    expect(Math.abs(alike(own, other))).toBeLessThan(0.35);
    const { outcome, score } = await verify(first);
    expect(outcome).toBe('accepted/accepted');
    expect(Math.abs((score ?? NaN) - 1)).toBeLessThan(1e-6);
  });

  it('score as in clear, to 1e-6', async () => {
    const subjectId = await enrolled();
    for (const seed of [2, 3, 4]) {
      show(face(seed));
      const { score } = await verify(subjectId);
      expect(Math.abs((score ?? NaN) - compareTemplates(face(seed), face(1)))).toBeLessThan(1e-6);
    }
  });

  it('match nobody once the subject’s key is destroyed: inconclusive, however alike', async () => {
    const subjectId = await enrolled();
    await one.probe.rows('UPDATE subjects SET template_key = NULL WHERE id = $1', [subjectId]);
    expect(await verify(subjectId)).toEqual({ outcome: 'inconclusive/processing_failed', score: null });
    const again = await one.createCapture.execute(one.caller, {
      purpose: 'enrolment',
      subjectId,
      reference: 'replacement',
      overrideReason: 'the key was revoked',
    });
    await one.startCapture.execute(one.caller, again.id);
    await one.submit(again.id);
    await one.runStages({ v: 1, tenantId: one.tenantId, captureId: again.id, generation: 1 });
    expect((await verify(subjectId)).outcome).toBe('accepted/accepted');
  });

  it('match nobody under another key of the subject, even if a row were put under it', async () => {
    const subjectId = await enrolled();
    const owner = { tenantId: one.tenantId, ownerKind: 'subject', ownerId: subjectId } as const;
    const drawn = await TemplateKey.draw(one.keyring, owner);
    const foreign = JSON.stringify(drawn.stored);
    await one.probe.rows('UPDATE subjects SET template_key = $2 WHERE id = $1', [subjectId, foreign]);
    expect((await verify(subjectId)).outcome).toBe('inconclusive/processing_failed');
    await one.probe.rows('UPDATE subject_references SET template_key_id = $2 WHERE subject_id = $1', [
      subjectId,
      drawn.stored.id,
    ]);
    const job = await one.submitted('verification', subjectId);
    await one.runStages(job, 'liveness');
    await expect(one.handle('decision', job)).rejects.toThrow('decision failed: DecryptionError');
    expect(await maintenance().rekey(order(), subjectId)).toEqual({ done: 0, lost: 1 });
    await one.subjects.erase(one.caller, subjectId);
  });

  it('decide nothing on a worker whose keyring lacks the KEK, until the deadline makes it inconclusive', async () => {
    const subjectId = await enrolled();
    const job = await one.submitted('verification', subjectId);
    await one.runStages(job, 'liveness');
    const own = JSON.parse(one.keyringText) as object;
    const { templates } = JSON.parse(generateKeyring()) as { templates: { keys: { t1: string } } };
    const others = { active: 't9', keys: { t9: templates.keys.t1 } };
    const pipeline = one.newPipeline(envKeyring(JSON.stringify({ ...own, templates: others })));
    await expect(one.handle('decision', job, { pipeline })).rejects.toThrow('UnknownKeyError');
    expect((await one.probe.effects(job.captureId)).outcomes).toEqual([]);
    await one.probe.rows(
      `UPDATE captures SET deadline_at = now() - interval '1 second', next_check_at = now() WHERE id = $1`,
      [job.captureId],
    );
    await one.newSweeper().sweepDue();
    expect((await one.probe.effects(job.captureId)).outcomes).toEqual(['inconclusive/processing_failed']);
  });

  describe('re-keyed', () => {
    it('without any face: other bytes, another key, the same scores, and an event', async () => {
      const subjectId = await enrolled();
      const [before] = (await stored(subjectId)) as [ProtectedTemplate];
      const { templateKey } = await subject(subjectId);
      expect(await maintenance().rekey(order(), subjectId)).toEqual({ done: 1, lost: 0 });
      const [after] = (await stored(subjectId)) as [ProtectedTemplate];
      expect((await subject(subjectId)).templateKey?.id).not.toBe(templateKey?.id);
      expect(Math.abs(alike(before, after))).toBeLessThan(0.35);
      const { outcome, score } = await verify(subjectId);
      expect([outcome, Math.abs((score ?? NaN) - 1) < 1e-6]).toEqual(['accepted/accepted', true]);
      const events = await one.probe.rows(
        `SELECT actor_id, detail FROM audit_events WHERE action = 'references.rekeyed' AND target_id = $1`,
        [subjectId],
      );
      expect(events).toEqual([{ actor_id: 'alice', detail: { references: 1 } }]);
    });

    it('after a rotation of the keyring: all of the tenant, once, and going on where it was interrupted', async () => {
      const subjects = [await enrolled(), await enrolled(), await enrolled()];
      const keyring = envKeyring(rotateKeyring(one.keyringText, 'templates'));
      const stopped = new Error('the process was killed');
      const dying: Keyring = Object.create(keyring, {
        activeTemplateKekId: { get: () => keyring.activeTemplateKekId },
        wrap: { value: diesAfter(1, keyring.wrap.bind(keyring), stopped) },
        unwrap: { value: keyring.unwrap.bind(keyring) },
      }) as Keyring;
      await expect(maintenance(dying).rekey(order())).rejects.toBe(stopped);
      const done = await one.probe.count(`subjects WHERE template_key->>'kekId' = $1`, [
        keyring.activeTemplateKekId,
      ]);
      expect(done).toBe(1);
      const due = await one.probe.count('subjects WHERE template_key IS NOT NULL');
      expect(await maintenance(keyring).rekey(order())).toEqual({ done: due - done, lost: 0 });
      expect(await maintenance(keyring).rekey(order())).toEqual({ done: 0, lost: 0 });
      for (const id of subjects)
        expect((await subject(id)).templateKey?.kekId).toBe(keyring.activeTemplateKekId);
      for (const id of subjects) expect((await verify(id, keyring)).outcome).toBe('accepted/accepted');
    });

    it('while decisions run: each is taken with the one key or the other', async () => {
      const subjectId = await enrolled();
      for (let round = 0; round < 4; round++) {
        const job = await one.submitted('verification', subjectId);
        await one.runStages(job, 'liveness');
        const decide = () => one.handle('decision', job);
        const attempts = await Promise.allSettled([decide(), maintenance().rekey(order(), subjectId)]);
        if (attempts[0].status === 'rejected') await decide();
        expect((await one.probe.effects(job.captureId)).outcomes).toEqual(['accepted/accepted']);
      }
    });
  });
});

/** `work` that fails from its `count + 1`-th call on. */
function diesAfter<Arguments extends unknown[], Result>(
  count: number,
  work: (...args: Arguments) => Promise<Result>,
  error: Error,
): (...args: Arguments) => Promise<Result> {
  let calls = 0;
  return (...args) => (calls++ < count ? work(...args) : Promise.reject(error));
}

describe('the index of duplicates', () => {
  let one: InProcess;
  beforeAll(async () => {
    one = await InProcess.open({ poolMax: 20 });
  });
  afterAll(() => one?.close());

  const RULES = { maxReferences: 5, verificationWindowSeconds: 600, duplicateThreshold: 0.65 };
  const policy = (duplicates: PolicyBody['enrolment']['duplicates']) =>
    new Policies(one.unitOfWork).add(one.tenantId, { enrolment: { ...RULES, duplicates } });
  const maintenance = () => new ReferenceMaintenance(one.unitOfWork, one.keyring);
  const order = () => ({ tenantId: one.tenantId, actor: { kind: 'operator', id: 'alice' } as const });

  /** Enrols a new subject with this face. */
  async function enrol(seed: number): Promise<{ subjectId: string; captureId: string; outcome?: string }> {
    const { subjectId, job } = await prepared(seed);
    await one.handle('decision', job);
    const { outcomes } = await one.probe.effects(job.captureId);
    return { subjectId, captureId: job.captureId, outcome: outcomes[0] };
  }
  async function prepared(seed: number) {
    one.extract = () =>
      Promise.resolve({
        template: face(seed),
        halt: null,
        frames: [],
        consistency: 0.9,
        groupConsistency: 0.95,
        quality: PERFECT,
        scalars: {},
      });
    const subjectId = await one.subject();
    const job = await one.submitted('enrolment', subjectId);
    await one.runStages(job, 'liveness');
    return { subjectId, job };
  }
  const review = async (captureId: string) =>
    (await one.readCapture.execute(one.tenantId, captureId, true)).review;
  const entries = (where = 'true') => one.probe.count(`duplicate_entries WHERE ${where}`);

  it('does not exist where no policy asks for it', async () => {
    const { captureId } = await enrol(1);
    expect(await one.probe.count('duplicate_indexes')).toBe(0);
    expect(await review(captureId)).toMatchObject({ duplicateCheck: 'off', duplicates: [] });
  });

  it('refuses nobody by mistake before it is complete: inconclusive, until the references are in it', async () => {
    await policy('refuse');
    const early = await enrol(10);
    expect(early.outcome).toBe('inconclusive/processing_failed');
    expect(await review(early.captureId)).toMatchObject({ duplicateCheck: 'incomplete' });
    expect(await maintenance().buildIndex(order())).toEqual({ done: 1, lost: 0 });
    expect(await maintenance().buildIndex(order())).toEqual({ done: 0, lost: 0 });
    expect((await enrol(10)).outcome).toBe('accepted/accepted');
    expect(await entries()).toBe(2);
  });

  it('refuses a face that another subject of the tenant has, and says of whom to reviewers only', async () => {
    const first = await enrol(11);
    const second = await enrol(11);
    expect([first.outcome, second.outcome]).toEqual(['accepted/accepted', 'rejected/duplicate_subject']);
    expect(await review(second.captureId)).toMatchObject({
      duplicateCheck: 'found',
      duplicates: [{ subjectId: first.subjectId, score: expect.closeTo(1, 5) as number }],
    });
    const { decision } = await one.readCapture.execute(one.tenantId, second.captureId, false);
    expect(decision).toMatchObject({ outcome: 'rejected', code: 'not_accepted' });
    expect(JSON.stringify(decision)).not.toContain(first.subjectId);
    expect(await one.probe.count('subject_references WHERE subject_id = $1', [second.subjectId])).toBe(0);
    expect(await one.probe.count('duplicate_entries WHERE subject_id = $1', [second.subjectId])).toBe(0);
  });

  it('finds the face it refused by the references built into it, as by those that decisions added', async () => {
    expect((await enrol(1)).outcome).toBe('rejected/duplicate_subject');
    expect((await enrol(10)).outcome).toBe('rejected/duplicate_subject');
  });

  it('lets one of eight subjects with one face in when all are decided at once', async () => {
    const all = [];
    for (let index = 0; index < 8; index++) all.push(await prepared(12));
    await Promise.all(all.map(({ job }) => one.handle('decision', job)));
    const outcomes = await Promise.all(
      all.map(async ({ job }) => (await one.probe.effects(job.captureId)).outcomes[0]),
    );
    expect(outcomes.filter((each) => each === 'accepted/accepted')).toHaveLength(1);
    expect(outcomes.filter((each) => each === 'rejected/duplicate_subject')).toHaveLength(7);
  });

  it('only flags where the policy says so', async () => {
    await policy('flag');
    const again = await enrol(11);
    expect(again.outcome).toBe('accepted/accepted');
    expect((await review(again.captureId))?.duplicates).toHaveLength(1);
    await policy('refuse');
  });

  it('lets two subjects who resemble each other be enrolled further at once: neither waits for the other for ever', async () => {
    await policy('flag');
    const twins = [await enrol(14), await enrol(14)];
    for (let round = 0; round < 3; round++) {
      const jobs = [];
      for (const { subjectId } of twins) {
        const order = {
          purpose: 'enrolment',
          subjectId,
          reference: 'additional',
          overrideReason: 'a test of twins',
        } as const;
        const { id } = await one.createCapture.execute(one.caller, order);
        await one.startCapture.execute(one.caller, id);
        await one.submit(id);
        jobs.push({ v: 1 as const, tenantId: one.tenantId, captureId: id, generation: 1 });
      }
      for (const job of jobs) await one.runStages(job, 'liveness');
      await Promise.all(jobs.map((job) => one.handle('decision', job)));
      for (const { captureId } of jobs) {
        expect((await one.probe.effects(captureId)).outcomes).toEqual(['accepted/accepted']);
        expect((await review(captureId))?.duplicates).toHaveLength(1);
      }
    }
    await policy('refuse');
  });

  it('holds templates that neither the references nor another tenant’s index are like', async () => {
    const sealed = await one.probe.rows<{ sealed: Buffer }>(
      'SELECT sealed_template AS sealed FROM duplicate_entries',
    );
    expect(sealed.length).toBeGreaterThan(3);
    const numbers = Buffer.from(face(11).values.buffer).subarray(0, 16);
    for (const { sealed: bytes } of sealed) expect(bytes.includes(numbers)).toBe(false);
  });

  it('forgets a subject with its erasure, and so do the decisions that named it', async () => {
    const first = await enrol(13);
    const second = await enrol(13);
    expect((await review(second.captureId))?.duplicates).toHaveLength(1);
    await one.subjects.erase(one.caller, first.subjectId);
    expect(await entries(`subject_id = '${first.subjectId}'`)).toBe(0);
    expect((await review(second.captureId))?.duplicates).toEqual([]);
    expect((await enrol(13)).outcome).toBe('accepted/accepted');
  });

  it('goes with its keys when an operator drops it', async () => {
    expect(await entries()).toBeGreaterThan(0);
    expect(await maintenance().dropIndex(order())).toBe(true);
    expect(await entries()).toBe(0);
    expect(await maintenance().dropIndex(order())).toBe(false);
    const actions = await one.probe.rows<{ action: string }>(
      `SELECT action FROM audit_events WHERE action LIKE 'duplicate_index.%' ORDER BY id`,
    );
    expect(actions.map(({ action }) => action)).toEqual(['duplicate_index.built', 'duplicate_index.dropped']);
  });
});
