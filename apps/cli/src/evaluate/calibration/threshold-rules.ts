import { CHALLENGE_FEATURES, type Feature, FLASH_FEATURES, type PadThresholds } from '#biometrics';
import type { PadSample } from '../pad-samples.js';

/** One threshold of the policy: which measured number it bounds, and which species it is there for. */
export interface ThresholdRule {
  readonly threshold: keyof PadThresholds;
  readonly species: readonly string[];
  /** The laxest value: what the first design measured on people of another generator (ADR 8), or no line at all. */
  readonly laxest: number;
  readonly read: {
    /** Turned so that more speaks for a live person; null where it was not measured. */
    readonly value: (sample: PadSample) => number | null;
    /** Between what is read and what the policy says. */
    readonly toThreshold: (value: number) => number;
    readonly fromThreshold: (threshold: number) => number;
  };
}

const FLAT = ['print', 'print_over_rotated', 'bent_print', 'cut_out_print'];
const UNLIT = ['screen_replay', 'screen_replay_other_flash', 'injection', 'injection_other_flash'];

type Turn = Pick<ThresholdRule['read'], 'toThreshold' | 'fromThreshold'>;
const AS_IS: Turn = { toThreshold: (value) => value, fromThreshold: (value) => value };
const NEGATED: Turn = { toThreshold: (value) => -value, fromThreshold: (value) => -value };
const LOGARITHM: Turn = { toThreshold: Math.exp, fromThreshold: Math.log };

const rule = (
  threshold: keyof PadThresholds,
  laxest: number,
  species: readonly string[],
  feature: Feature,
  turn: Turn,
): ThresholdRule => ({
  threshold,
  laxest,
  species,
  read: { ...turn, value: ({ signals }) => signals && feature(signals) },
});

const { stillness, lrA, fore, tH, tQ, consistency, groupConsistency } = CHALLENGE_FEATURES;

/** Thresholds that are chosen from captures; the others are definitions (of an action, of a readable flash) or follow from a false alarm rate. */
export const THRESHOLD_RULES: readonly ThresholdRule[] = [
  rule('minStillness', 0.75, ['still'], stillness, LOGARITHM),
  rule('minGroupConsistency', -1, ['face_swap'], groupConsistency, AS_IS),
  rule('minConsistency', 0.45, ['face_swap'], consistency, AS_IS),
  rule('maxForeshortening', 0.13, ['print_over_rotated'], fore, NEGATED),
  rule('minQuadraticResidual', 0.0098, FLAT, tQ, LOGARITHM),
  rule('minHomographyResidual', 0.018, FLAT, tH, LOGARITHM),
  rule('minPlaneSolidRatio', -0.2, ['print', 'print_over_rotated'], lrA, AS_IS),
  rule('minFlashRho', 0.6, UNLIT, FLASH_FEATURES['flash.rho'], AS_IS),
  rule('maxFlashBackground', 0.35, ['injection_tinted_frame'], FLASH_FEATURES['flash.background'], NEGATED),
];

/**
 * Species that several of the challenge's signals speak against. A still or a swapped face shows in one alone, which has its gate; a
 * recording or a rendered head moves as a head does.
 */
export const SCORED_SPECIES = FLAT;
/** Species whose flash the score can tell from a lit face. */
export const FLASH_SCORED_SPECIES = [...UNLIT, 'injection_tinted_frame', 'injection_tinted_face'];
/** Species that risk cues hint at. */
export const CUE_SPECIES = [...FLAT, 'screen_replay', 'injection'];
