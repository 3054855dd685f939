import type { FaceQuality } from '#biometrics';
import { PERFECT } from '../support/quality.js';
import { face, InProcess } from '../support/stack-in-process.js';

let stack: InProcess;
beforeAll(async () => (stack = await InProcess.open({ requiredPadLevel: 'none' })));
afterAll(() => stack.close());

const found =
  (quality: FaceQuality | null): InProcess['extract'] =>
  () =>
    Promise.resolve({
      template: face(1),
      halt: null,
      frames: [],
      consistency: 0.9,
      groupConsistency: 0.95,
      quality,
      scalars: {},
    });

async function decided(purpose: 'enrolment' | 'verification', subjectId: string) {
  const job = await stack.submitted(purpose, subjectId);
  await stack.runStages(job);
  return stack.readCapture.execute(stack.tenantId, job.captureId, true);
}

it('an enrolment is held against stricter gates than a verification, and told what to do', async () => {
  const subjectId = await stack.subject();
  stack.extract = found({ ...PERFECT, eyes_open: 10 });
  const refused = await decided('enrolment', subjectId);
  expect(refused.review?.reason).toBe('low_quality.eyes_open');
  expect(refused.decision).toMatchObject({
    outcome: 'inconclusive',
    code: 'capture_quality',
    guidance: 'Keep your eyes open while you look into the camera.',
  });
  expect(refused.review?.signals.extraction).toMatchObject({
    'quality.eyes_open': 10,
    'quality.sharpness': 100,
  });
  stack.extract = found(PERFECT);
  expect((await decided('enrolment', subjectId)).decision?.outcome).toBe('accepted');
  stack.extract = found({ ...PERFECT, eyes_open: 10 });
  expect((await decided('verification', subjectId)).decision?.outcome).toBe('accepted');
  stack.extract = found({ ...PERFECT, sharpness: 5 });
  expect((await decided('verification', subjectId)).review?.reason).toBe('low_quality.sharpness');
});

it('nothing is accepted whose quality was not measured', async () => {
  stack.extract = found(null);
  expect((await decided('enrolment', await stack.subject())).review?.reason).toBe('processing_failed');
});

it('a decision keeps what the calibration said of its score, and says nothing without one', async () => {
  const subjectId = await stack.subject();
  stack.extract = found(PERFECT);
  const enrolled = await decided('enrolment', subjectId);
  expect(enrolled.review).toMatchObject({ score: null, fmrUpper: null, calibration: null });
  expect((await decided('verification', subjectId)).review).toMatchObject({
    score: expect.closeTo(1, 6) as number,
    fmrUpper: null,
  });
  stack.calibration = {
    modelId: 'test',
    measuredOn: 'forty people',
    synthetic: false,
    scores: [0, 0.6],
    fmrUpper: [0.5, 0.0025],
  };
  const verified = await decided('verification', subjectId);
  expect(verified.review).toMatchObject({ fmrUpper: 0.0025, calibration: 'forty people' });
  expect(JSON.stringify(verified.decision)).not.toMatch(/0\.0025|forty/);
});
