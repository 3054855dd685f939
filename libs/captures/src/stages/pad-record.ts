import { type Action, judgeLiveness, type PadLevel, type PadReason, type Policy } from '#biometrics';
import type { Scalars, StageResultEntity } from '../entities/stage-result.entity.js';
import { scalarsToSignals } from './liveness-scalars.js';

/** What presentation attack detection says of a capture, as the decision records it. */
export interface PadRecord {
  readonly level: PadLevel;
  readonly reason: PadReason | null;
  /** What was measured, and what it amounts to: `score` and `flashScore`, with all that is missing at its worst. */
  readonly signals: Scalars;
  /** State of each gate: passed, failed or unmeasured. */
  readonly gates: Readonly<Record<string, string>>;
}

/** Nothing was measured: level `none`. */
export const NO_PAD: PadRecord = { level: 'none', reason: null, signals: {}, gates: {} };

/** Judges the stored signals under a policy: a past decision can be taken again under another one, without pictures. */
export function judgePad(
  liveness: Pick<StageResultEntity, 'status' | 'scalars'> | undefined,
  actions: readonly Action[],
  policy: Policy,
): PadRecord {
  if (liveness?.status !== 'done') return NO_PAD;
  const { level, reason, gates, scores } = judgeLiveness(
    scalarsToSignals(liveness.scalars, actions),
    policy.pad,
  );
  const score = { score: scores.challenge.least, ...(scores.flash && { flashScore: scores.flash.least }) };
  return { level, reason, gates, signals: { ...liveness.scalars, ...score } };
}
