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
