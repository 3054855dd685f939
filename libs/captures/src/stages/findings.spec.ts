import type { Reason } from '#biometrics';
import { type Stage, STAGES } from '#queue';
import type { StageStatus } from '../entities/stage-result.entity.js';
import { gatherFindings, isChainEnded } from './findings.js';

interface Result {
  readonly status: StageStatus;
  readonly halt: Reason | null;
}
const done: Result = { status: 'done', halt: null };
const skipped: Result = { status: 'skipped', halt: null };
const failed: Result = { status: 'failed', halt: null };
const halted = (halt: Reason): Result => ({ status: 'done', halt });

const chain = (...results: (Result | null)[]): Map<Stage, Result> =>
  new Map(results.flatMap((result, index) => (result ? [[STAGES[index] as Stage, result] as const] : [])));

describe('what the decision is told', () => {
  it.each<[string, Map<Stage, Result>, boolean, Reason | null]>([
    ['all stages done or skipped', chain(done, skipped, skipped, done), false, null],
    ['a halt, passed on', chain(halted('no_face'), skipped, skipped, skipped), false, 'no_face'],
    [
      'two halts: the first',
      chain(done, halted('no_face'), skipped, halted('replay_detected')),
      false,
      'no_face',
    ],
    ['a failed stage', chain(done, failed, done, done), true, null],
    [
      'a failed stage and a later halt',
      chain(failed, done, done, halted('presentation_attack')),
      true,
      'presentation_attack',
    ],
    ['a missing stage', chain(done, null, done, done), true, null],
    ['a missing last stage', chain(done, done, done, null), true, null],
    ['nothing', chain(), true, null],
  ])('%s', (_what, results, incomplete, halt) => {
    expect(gatherFindings(results)).toEqual({ incomplete, halt });
  });

  it('the decision itself is not among its grounds', () => {
    const results = chain(done, done, done, done, halted('no_match'));
    expect(gatherFindings(results)).toEqual({ incomplete: false, halt: null });
  });
});

describe('a stage has something to do', () => {
  it.each<[Stage, Map<Stage, Result>, boolean]>([
    ['extraction', chain(), false],
    ['depth', chain(done), false],
    ['depth', chain(skipped), false],
    ['depth', chain(halted('no_face')), true],
    ['depth', chain(failed), true],
    ['mesh', chain(done), true],
    ['mesh', chain(done, skipped), false],
    ['liveness', chain(done, halted('multiple_faces'), skipped), true],
    ['liveness', chain(done, done, done), false],
  ])('%s after %p: ended %s', (stage, results, ended) => {
    expect(isChainEnded(stage, results)).toBe(ended);
  });
});
