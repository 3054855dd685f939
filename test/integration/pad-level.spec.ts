import { InProcess } from '../support/stack-in-process.js';

/** Liveness says nothing here: what each policy makes of PAD level `none`. */
describe.each([
  ['challenge', 'inconclusive', 'pad_level_insufficient', false],
  ['none', 'accepted', 'accepted', true],
] as const)('under a policy that requires PAD level %s', (requiredPadLevel, outcome, reason, enrolled) => {
  let stack: InProcess;
  beforeAll(async () => (stack = await InProcess.open({ requiredPadLevel })));
  afterAll(() => stack.close());

  it(`an enrolment without liveness is ${outcome}`, async () => {
    const subjectId = await stack.subject();
    const job = await stack.submitted('enrolment', subjectId);
    await stack.runStages(job);
    const { state, decision, review } = await stack.readCapture.execute(stack.tenantId, job.captureId, true);
    expect(state).toBe('decided');
    expect(decision).toMatchObject({ outcome, padLevel: 'none' });
    expect(review).toMatchObject({ reason, requiredPadLevel });
    expect((await stack.subjects.get(stack.tenantId, subjectId)).enrolled).toBe(enrolled);
  });
});

describe('a capture created with a flash', () => {
  let stack: InProcess;
  beforeAll(async () => (stack = await InProcess.open({ requiredPadLevel: 'none' })));
  afterAll(() => stack.close());

  it('is accepted with the flash read or not at all, however little the policy asks for', async () => {
    const { caller, tenantId } = stack;
    const subjectId = await stack.subject();
    const { id: captureId } = await stack.createCapture.execute(caller, {
      purpose: 'enrolment',
      subjectId,
      flash: true,
    });
    await stack.startCapture.execute(caller, captureId);
    await stack.submit(captureId);
    await stack.runStages({ v: 1, tenantId, captureId, generation: 1 });
    const { decision, review } = await stack.readCapture.execute(tenantId, captureId, true);
    expect(decision).toMatchObject({
      outcome: 'inconclusive',
      code: 'challenge_incomplete',
      padLevel: 'none',
    });
    expect(review).toMatchObject({ reason: 'pad_level_insufficient', requiredPadLevel: 'challenge_flash' });
  });
});

describe('under a policy that requires PAD level challenge_flash', () => {
  let stack: InProcess;
  beforeAll(async () => (stack = await InProcess.open({ requiredPadLevel: 'challenge_flash' })));
  afterAll(() => stack.close());

  it('every capture has a flash, and none can be created without', async () => {
    const { caller, tenantId } = stack;
    const { id } = await stack.createCapture.execute(caller, { purpose: 'liveness' });
    expect(await stack.readCapture.execute(tenantId, id, false)).toMatchObject({ flash: true });
    const refused = stack.createCapture.execute(caller, { purpose: 'liveness', flash: false });
    await expect(refused).rejects.toMatchObject({ code: 'validation_failed' });
  });
});
