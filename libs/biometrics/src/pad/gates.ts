import { type PadThresholds } from '../policy/pad-thresholds.js';
import { type PadLevel } from '../policy/policy.js';
import { type Action } from './challenge.js';
import { judgeForeignLight, judgeScreenLight } from './flash/judge-flash.js';
import { type GateState } from './gate-state.js';
import { type ActionMeasure } from './performance.js';
import { CHALLENGE_SCORE, FLASH_SCORE } from './calibration/pad-calibration.data.js';
import { combinedScore, type ScoreRange } from './score/combined-score.js';
import { CHALLENGE_FEATURES, CUE_FEATURES, FLASH_FEATURES } from './score/features.js';
import { judgeScore } from './score/judge-score.js';
import { type LivenessSignals } from './signals.js';

export { type GateState } from './gate-state.js';

/** What a failed gate means for the person; each is a decision reason. */
export type PadReason =
  | 'replay_detected'
  | 'presentation_attack'
  | 'identity_inconsistent'
  | 'challenge_not_performed'
  | 'flash_unreadable';

/** Without these no level is reached. */
const CHALLENGE_GATES = [
  'replay',
  'stillness',
  'lrA',
  'fore',
  'consistency',
  'challenge',
  'tH',
  'tQ',
  'score',
] as const;
/** `flash`: no light of another screen; `flashReadable`: this screen's light, on a face; `flashScore`: all of that together. */
const FLASH_GATES = ['flash', 'flashReadable', 'flashScore'] as const;
export const GATES = [...CHALLENGE_GATES, ...FLASH_GATES] as const;
export type Gate = (typeof GATES)[number];

export interface PadVerdict {
  /** State of every gate. */
  readonly gates: Readonly<Record<Gate, GateState>>;
  /** The failed ones, in the order in which they are judged. */
  readonly failed: readonly Gate[];
  /** Asked actions that were not performed, in the order asked. */
  readonly missing: readonly Action[];
  /** What the first failed gate means; `null` when none failed. */
  readonly reason: PadReason | null;
  /** `challenge` only when every gate but those of the flash was measured and passed; `challenge_flash` when those were as well. */
  readonly level: PadLevel;
  /** All the challenge's signals together, and the flash's where one was asked. */
  readonly scores: { readonly challenge: ScoreRange; readonly flash: ScoreRange | null };
}

/** What the challenge's score is made of. */
const FEATURES = { ...CHALLENGE_FEATURES, ...CUE_FEATURES };

interface GateRule {
  readonly gate: Gate;
  readonly reason: PadReason;
  readonly judge: (signals: LivenessSignals, thresholds: PadThresholds) => GateState;
}

/**
 * In order of precedence. What speaks of an attack by itself comes before the challenge; the flow residuals come after it,
 * because a head that did not turn leaves as little parallax as a picture: without the asked turn they accuse nobody.
 */
const RULES: readonly GateRule[] = [
  {
    gate: 'replay',
    reason: 'replay_detected',
    judge: ({ nearDuplicates, trajectoryDistance }, { replayedFrames, minTrajectoryDistance }) =>
      worse(below(nearDuplicates, replayedFrames), atLeast(trajectoryDistance, minTrajectoryDistance)),
  },
  {
    gate: 'stillness',
    reason: 'presentation_attack',
    judge: ({ stillness }, { minStillness }) => atLeast(stillness, minStillness),
  },
  {
    gate: 'lrA',
    reason: 'presentation_attack',
    judge: ({ lrA }, { minPlaneSolidRatio }) => atLeast(lrA, minPlaneSolidRatio),
  },
  {
    gate: 'fore',
    reason: 'presentation_attack',
    judge: ({ fore }, { maxForeshortening }) => atMost(fore, maxForeshortening),
  },
  {
    gate: 'consistency',
    reason: 'identity_inconsistent',
    judge: ({ consistency, groupConsistency }, { minConsistency, minGroupConsistency }) =>
      worse(atLeast(consistency, minConsistency), atLeast(groupConsistency, minGroupConsistency)),
  },
  {
    gate: 'flash',
    reason: 'presentation_attack',
    judge: ({ flash }, thresholds) => judgeForeignLight(flash, thresholds),
  },
  {
    gate: 'challenge',
    reason: 'challenge_not_performed',
    judge: ({ actions }, thresholds) =>
      actions.length === 0
        ? 'unmeasured'
        : actions.every((measure) => isPerformed(measure, thresholds))
          ? 'passed'
          : 'failed',
  },
  {
    gate: 'tH',
    reason: 'presentation_attack',
    judge: (signals, thresholds) =>
      afterTurn(signals, thresholds, signals.tH, thresholds.minHomographyResidual),
  },
  {
    gate: 'tQ',
    reason: 'presentation_attack',
    judge: (signals, thresholds) =>
      afterTurn(signals, thresholds, signals.tQ, thresholds.minQuadraticResidual),
  },
  {
    gate: 'score',
    reason: 'presentation_attack',
    // A head that did not turn lacks relief as a picture does.
    judge: (signals, thresholds) =>
      hasTurned(signals, thresholds)
        ? judgeScore(combinedScore(signals, CHALLENGE_SCORE, FEATURES), thresholds.minScore)
        : 'unmeasured',
  },
  {
    gate: 'flashReadable',
    reason: 'flash_unreadable',
    judge: ({ flash }, thresholds) => judgeScreenLight(flash, thresholds),
  },
  {
    gate: 'flashScore',
    reason: 'flash_unreadable',
    judge: (signals, thresholds) =>
      signals.flash
        ? judgeScore(combinedScore(signals, FLASH_SCORE, FLASH_FEATURES), thresholds.minFlashScore)
        : 'unmeasured',
  },
];

/**
 * Judges a capture's signals. Fails closed: a signal that is missing or not a number leaves the PAD level at `none`, so that a
 * policy that requires the challenge answers `pad_level_insufficient`; it never rejects a person for what was not measured.
 */
export function judgeLiveness(signals: LivenessSignals, thresholds: PadThresholds): PadVerdict {
  const states = RULES.map(({ gate, judge }) => [gate, judge(signals, thresholds)] as const);
  const failed = RULES.filter((_, i) => states[i]?.[1] === 'failed');
  const [first] = failed;
  return {
    gates: Object.fromEntries(states) as Record<Gate, GateState>,
    failed: failed.map(({ gate }) => gate),
    missing: signals.actions
      .filter((measure) => !isPerformed(measure, thresholds))
      .map(({ action }) => action),
    reason: first?.reason ?? null,
    level: levelOf(Object.fromEntries(states) as Record<Gate, GateState>),
    scores: {
      challenge: combinedScore(signals, CHALLENGE_SCORE, FEATURES),
      flash: signals.flash && combinedScore(signals, FLASH_SCORE, FLASH_FEATURES),
    },
  };
}

function levelOf(gates: Record<Gate, GateState>): PadLevel {
  const passed = (gate: Gate): boolean => gates[gate] === 'passed';
  if (!CHALLENGE_GATES.every(passed)) return 'none';
  return FLASH_GATES.every(passed) ? 'challenge_flash' : 'challenge';
}

const PERFORMED: Record<Action, (extent: number, thresholds: PadThresholds) => boolean> = {
  turn_left: (extent, { minTurnDegrees }) => extent >= minTurnDegrees,
  turn_right: (extent, { minTurnDegrees }) => extent >= minTurnDegrees,
  nod: (extent, { minNodDegrees }) => extent >= minNodDegrees,
  blink: (extent, { maxBlinkRatio }) => extent <= maxBlinkRatio,
  open_mouth: (extent, { minMouthOpening }) => extent >= minMouthOpening,
  move_closer: (extent, { minApproach }) => extent >= minApproach,
};

/** Whether an asked action was performed; one that could not be measured was not. */
export function isPerformed({ action, extent }: ActionMeasure, thresholds: PadThresholds): boolean {
  return extent !== null && PERFORMED[action](extent, thresholds);
}

function afterTurn(
  signals: LivenessSignals,
  thresholds: PadThresholds,
  value: number | null,
  least: number,
): GateState {
  return hasTurned(signals, thresholds) ? atLeast(value, least) : 'unmeasured';
}

function hasTurned({ actions }: LivenessSignals, thresholds: PadThresholds): boolean {
  const turns = actions.filter(({ action }) => action === 'turn_left' || action === 'turn_right');
  return turns.length > 0 && turns.every((turn) => isPerformed(turn, thresholds));
}

/** What failed has failed; what was not measured has not passed. */
function worse(one: GateState, other: GateState): GateState {
  if (one === 'failed' || other === 'failed') return 'failed';
  return one === 'passed' ? other : one;
}

function atLeast(value: number | null, least: number): GateState {
  if (value == null || Number.isNaN(value)) return 'unmeasured';
  return value >= least ? 'passed' : 'failed';
}

function atMost(value: number | null, most: number): GateState {
  if (value == null || Number.isNaN(value)) return 'unmeasured';
  return value <= most ? 'passed' : 'failed';
}

function below(value: number | null, bound: number): GateState {
  if (value == null || Number.isNaN(value)) return 'unmeasured';
  return value < bound ? 'passed' : 'failed';
}
