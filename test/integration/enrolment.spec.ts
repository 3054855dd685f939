import type { ReferenceMode } from '#biometrics';
import { Policies, type PolicyBody } from '#captures';
import { References } from '#subjects';
import { PERFECT } from '../support/quality.js';
import { callerOf, face, InProcess } from '../support/stack-in-process.js';

interface Row {
  readonly id: string;
  readonly ordinal: number;
  readonly basis: string;
  readonly assurance: string;
  readonly captureId: string;
}

describe('enrolment', () => {
  let one: InProcess;
  let references: References;

  beforeAll(async () => {
    one = await InProcess.open();
    references = new References(one.unitOfWork, () => Promise.resolve());
  });
  afterAll(() => one?.close());
  beforeEach(async () => {
    one.usableModels = null;
    show(1);
    await policy({ enrolment: { ...RULES } });
  });

  const RULES = {
    maxReferences: 5,
    verificationWindowSeconds: 600,
    duplicates: 'off',
    duplicateThreshold: 0.65,
  } as const;
  const policy = (changes: Partial<PolicyBody>) => new Policies(one.unitOfWork).add(one.tenantId, changes);

  /** Has the camera show this face from now on. */
  function show(seed: number, modelId?: string): void {
    const template = { ...face(seed), ...(modelId && { modelId }) };
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

  const outcome = async (captureId: string): Promise<string | undefined> =>
    (await one.probe.effects(captureId)).outcomes[0];

  async function enrolled(): Promise<string> {
    const subjectId = await one.subject();
    await one.runStages(await one.submitted('enrolment', subjectId));
    return subjectId;
  }

  async function verified(subjectId: string): Promise<string> {
    const job = await one.submitted('verification', subjectId);
    await one.runStages(job);
    expect(await outcome(job.captureId)).toBe('accepted/accepted');
    return job.captureId;
  }

  const order = (subjectId: string, reference: ReferenceMode, overrideReason?: string) =>
    one.createCapture.execute(one.caller, { purpose: 'enrolment', subjectId, reference, overrideReason });

  /** Takes an ordered enrolment as far as its decision. */
  async function carryOut({ id }: { id: string }) {
    await one.startCapture.execute(one.caller, id);
    await one.submit(id);
    const job = { v: 1 as const, tenantId: one.tenantId, captureId: id, generation: 1 };
    await one.runStages(job, 'liveness');
    return { decide: async () => (await one.handle('decision', job)) && outcome(id) };
  }
  const decided = async (created: { id: string }) => (await carryOut(created)).decide();

  const rows = (subjectId: string): Promise<Row[]> =>
    one.probe.rows<Row>(
      `SELECT id, ordinal, basis, assurance, capture_id AS "captureId" FROM subject_references WHERE subject_id = $1 ORDER BY ordinal`,
      [subjectId],
    );
  const audited = (action: string, subjectId: string) =>
    one.probe.rows<{ detail: Record<string, unknown>; actor: string }>(
      `SELECT detail, actor_id AS actor FROM audit_events WHERE action = $1 AND target_id = $2 ORDER BY id`,
      [action, subjectId],
    );

  describe('of a further reference', () => {
    it.each(['additional', 'replacement'] as const)(
      'is refused (%s) without a recent accepted verification',
      async (mode) => {
        const subjectId = await enrolled();
        await expect(order(subjectId, mode)).rejects.toMatchObject({ code: 'recent_verification_required' });
        show(2);
        const failed = await one.submitted('verification', subjectId);
        await one.runStages(failed);
        expect(await outcome(failed.captureId)).toBe('rejected/no_match');
        await expect(order(subjectId, mode)).rejects.toMatchObject({ code: 'recent_verification_required' });
      },
    );

    it('takes no verification that is too old, of another subject, or of a liveness capture', async () => {
      const subjectId = await enrolled();
      await verified(await enrolled());
      await one.runStages(await one.submitted('liveness', subjectId));
      await expect(order(subjectId, 'additional')).rejects.toMatchObject({
        code: 'recent_verification_required',
      });
      const verification = await verified(subjectId);
      await one.probe.rows(
        `UPDATE decisions SET decided_at = now() - interval '601 seconds' WHERE capture_id = $1`,
        [verification],
      );
      await expect(order(subjectId, 'additional')).rejects.toMatchObject({
        code: 'recent_verification_required',
      });
    });

    it('is added by an accepted verification, which serves once', async () => {
      const subjectId = await enrolled();
      const verification = await verified(subjectId);
      const created = await order(subjectId, 'additional');
      const { decidedAt } = await one.probe.one<{ decidedAt: Date }>(
        'SELECT decided_at AS "decidedAt" FROM decisions WHERE capture_id = $1',
        [verification],
      );
      expect(created.expiresAt.getTime()).toBe(decidedAt.getTime() + 600_000);
      expect(await decided(created)).toBe('accepted/accepted');
      expect(await rows(subjectId)).toMatchObject([
        { ordinal: 1, basis: 'first', assurance: 'self_asserted' },
        { ordinal: 2, basis: 'verification', assurance: 'self_asserted', captureId: created.id },
      ]);
      await expect(order(subjectId, 'additional')).rejects.toMatchObject({
        code: 'recent_verification_required',
      });
    });

    it('is added once when two enrolments on one verification are decided at once', async () => {
      const subjectId = await enrolled();
      await verified(subjectId);
      const prepared = [];
      for (const mode of ['additional', 'additional', 'replacement'] as const)
        prepared.push(await carryOut(await order(subjectId, mode)));
      const outcomes = await Promise.all(prepared.map(({ decide }) => decide()));
      expect(outcomes.sort()).toEqual([
        'accepted/accepted',
        ...Array<string>(2).fill('rejected/enrolment_not_authorised'),
      ]);
      expect((await rows(subjectId)).filter(({ basis }) => basis === 'verification')).toHaveLength(1);
    });

    it('asks again at the decision: a verification that is not there any longer authorises nothing', async () => {
      const subjectId = await enrolled();
      const verification = await verified(subjectId);
      const late = await carryOut(await order(subjectId, 'additional'));
      await one.probe.rows(
        `UPDATE decisions SET decided_at = now() - interval '1 hour' WHERE capture_id = $1`,
        [verification],
      );
      expect(await late.decide()).toBe('rejected/enrolment_not_authorised');
      expect(await rows(subjectId)).toHaveLength(1);
    });

    it.each(['additional', 'replacement'] as const)(
      'is refused (%s) to another face at the decision, though a verification permitted it',
      async (mode) => {
        const subjectId = await enrolled();
        await verified(subjectId);
        show(2);
        expect(await decided(await order(subjectId, mode))).toBe('rejected/no_match');
        expect(await rows(subjectId)).toHaveLength(1);
        show(1);
        await verified(subjectId);
      },
    );

    it('matches when it resembles any reference, and reviewers see the score of each', async () => {
      const subjectId = await enrolled();
      show(2);
      expect(await decided(await order(subjectId, 'additional', 'glasses now'))).toBe('accepted/accepted');
      const captureId = await verified(subjectId);
      const { review } = await one.readCapture.execute(one.tenantId, captureId, true);
      const [first, second] = await rows(subjectId);
      expect(review?.comparisons.map(({ referenceId }) => referenceId)).toEqual([first?.id, second?.id]);
      const [unlike, alike] = review?.comparisons.map(({ score }) => score) ?? [];
      expect(unlike).toBeLessThan(0);
      expect(alike).toBeCloseTo(1, 6);
      expect(review?.score).toBe(alike);
      const { review: none } = await one.readCapture.execute(one.tenantId, captureId, false);
      expect(none).toBeUndefined();
    });

    it('is refused when there are as many as the policy allows, at creation and at the decision', async () => {
      await policy({ enrolment: { ...RULES, maxReferences: 2 } });
      const subjectId = await enrolled();
      const twice = [];
      for (const reason of ['glasses on', 'glasses off'])
        twice.push(await carryOut(await order(subjectId, 'additional', reason)));
      const outcomes = await Promise.all(twice.map(({ decide }) => decide()));
      expect(outcomes.sort()).toEqual(['accepted/accepted', 'rejected/enrolment_not_authorised']);
      await expect(order(subjectId, 'additional', 'a third')).rejects.toMatchObject({
        code: 'references_full',
      });
      expect(await decided(await order(subjectId, 'replacement', 'start over'))).toBe('accepted/accepted');
      expect(await rows(subjectId)).toMatchObject([{ ordinal: 3, basis: 'override' }]);
    });

    it('needs a first one', async () => {
      const subjectId = await one.subject();
      for (const mode of ['additional', 'replacement'] as const)
        await expect(order(subjectId, mode, 'for want of one')).rejects.toMatchObject({
          code: 'not_enrolled',
        });
    });

    it('is refused at the decision when the references it should join were deleted meanwhile', async () => {
      const subjectId = await enrolled();
      const [first] = await rows(subjectId);
      const pending = await carryOut(await order(subjectId, 'additional', 'an operator says so'));
      await references.remove(one.caller, subjectId, first?.id as string);
      expect(await pending.decide()).toBe('rejected/enrolment_not_authorised');
      expect(await rows(subjectId)).toEqual([]);
    });
  });

  describe('by an override', () => {
    it('needs neither verification nor match, and says in the trail who did it and why', async () => {
      const subjectId = await enrolled();
      show(2);
      const created = await order(subjectId, 'replacement', 'new face after surgery, ticket 4711');
      expect(await decided(created)).toBe('accepted/accepted');
      expect(await rows(subjectId)).toMatchObject([{ basis: 'override', captureId: created.id }]);
      expect(await audited('enrolment.overridden', subjectId)).toEqual([
        {
          actor: 'test',
          detail: {
            captureId: created.id,
            reference: 'replacement',
            reason: 'new face after surgery, ticket 4711',
          },
        },
      ]);
      expect((await audited('reference.created', subjectId)).at(-1)?.detail).toMatchObject({
        basis: 'override',
        replaced: 1,
      });
      const { reason } = await one.probe.one<{ reason: string }>(
        'SELECT override_reason AS reason FROM captures WHERE id = $1',
        [created.id],
      );
      expect(reason).toBe('new face after surgery, ticket 4711');
      show(1);
      const old = await one.submitted('verification', subjectId);
      await one.runStages(old);
      expect(await outcome(old.captureId)).toBe('rejected/no_match');
    });
  });

  describe('whose frames do not agree', () => {
    it.each([
      [0.2, 0.9, 'rejected/identity_inconsistent'],
      [0.6, 0.5, 'rejected/identity_inconsistent'],
      [null, 0.9, 'inconclusive/processing_failed'],
      [0.9, null, 'inconclusive/processing_failed'],
    ])(
      '(%p, groups %p) enrols nobody, even under a policy without liveness',
      async (consistency, groupConsistency, expected) => {
        one.extract = () =>
          Promise.resolve({
            template: face(1),
            halt: null,
            frames: [],
            consistency,
            groupConsistency,
            quality: PERFECT,
            scalars: {},
          });
        const subjectId = await one.subject();
        const job = await one.submitted('enrolment', subjectId);
        await one.runStages(job);
        expect(await outcome(job.captureId)).toBe(expected);
        expect(await rows(subjectId)).toEqual([]);
      },
    );
  });

  describe('references, one by one,', () => {
    it('are listed and deleted, with an event each; without the last one the subject is not enrolled', async () => {
      const subjectId = await enrolled();
      await verified(subjectId);
      await decided(await order(subjectId, 'additional'));
      const listed = await references.list(one.tenantId, subjectId);
      expect(listed.map(({ basis }) => basis)).toEqual(['first', 'verification']);
      for (const { id } of listed) await references.remove(one.caller, subjectId, id);
      expect(await references.list(one.tenantId, subjectId)).toEqual([]);
      expect((await one.subjects.get(one.tenantId, subjectId)).enrolled).toBe(false);
      expect(
        (await audited('reference.deleted', subjectId)).map(({ detail }) => detail['remaining']),
      ).toEqual([1, 0]);
      await expect(
        one.createCapture.execute(one.caller, { purpose: 'verification', subjectId }),
      ).rejects.toMatchObject({ code: 'not_enrolled' });
    });

    it('are nobody else’s to read or delete', async () => {
      const [mine, theirs] = [await enrolled(), await enrolled()];
      const [reference] = await rows(theirs);
      const id = reference?.id as string;
      const missing = { code: 'reference_not_found' };
      await expect(references.remove(one.caller, mine, id)).rejects.toMatchObject(missing);
      const stranger = callerOf('0199e8c8-0000-7000-8000-000000000000');
      const unknown = { code: 'subject_not_found' };
      await expect(references.remove(stranger, theirs, id)).rejects.toMatchObject(unknown);
      await expect(references.list(stranger.tenantId, theirs)).rejects.toMatchObject(unknown);
      expect(await rows(theirs)).toHaveLength(1);
    });
  });

  describe('and a second model', () => {
    const NEW = 'fake@2';

    it('never compares across models: the probe of a new one is inconclusive, not a stranger', async () => {
      const subjectId = await enrolled();
      show(1, NEW);
      const job = await one.submitted('verification', subjectId);
      await one.runStages(job);
      expect(await outcome(job.captureId)).toBe('inconclusive/reference_outdated');
      const { score } = await one.probe.one<{ score: number | null }>(
        'SELECT score FROM decisions WHERE capture_id = $1',
        [job.captureId],
      );
      expect(score).toBeNull();
    });

    it('tells at creation, once no worker has the old one', async () => {
      const subjectId = await enrolled();
      await verified(subjectId);
      one.usableModels = new Set([NEW, 'fake@1']);
      await verified(subjectId);
      one.usableModels = new Set([NEW]);
      const outdated = { code: 'reference_outdated' };
      await expect(
        one.createCapture.execute(one.caller, { purpose: 'verification', subjectId }),
      ).rejects.toMatchObject(outdated);
      await expect(order(subjectId, 'additional')).rejects.toMatchObject(outdated);
      await expect(order(subjectId, 'replacement')).rejects.toMatchObject(outdated);
    });

    it('is entered by a replacement that an operator overrides, and verifies from then on', async () => {
      const subjectId = await enrolled();
      one.usableModels = new Set([NEW]);
      show(1, NEW);
      expect(await decided(await order(subjectId, 'replacement', 'model upgrade 2026'))).toBe(
        'accepted/accepted',
      );
      await verified(subjectId);
      const models = await one.probe.rows(
        'SELECT model_id AS model FROM subject_references WHERE subject_id = $1',
        [subjectId],
      );
      expect(models).toEqual([{ model: NEW }]);
    });

    it('may stand beside the old one during a transition, each probe compared with its own', async () => {
      const subjectId = await enrolled();
      show(1, NEW);
      expect(await decided(await order(subjectId, 'additional', 'transition to fake@2'))).toBe(
        'accepted/accepted',
      );
      for (const model of [NEW, 'fake@1']) {
        show(1, model);
        const captureId = await verified(subjectId);
        const { review } = await one.readCapture.execute(one.tenantId, captureId, true);
        expect(review?.comparisons).toHaveLength(1);
      }
    });
  });
});
