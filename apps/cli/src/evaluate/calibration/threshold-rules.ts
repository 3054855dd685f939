import { CHALLENGE_FEATURES, type Feature, FLASH_FEATURES, type PadThresholds } from '#biometrics';
import type { PadSample } from '../pad-report.js';

/** One threshold of the policy: which measured number it bounds, and which species it is there for. */
export interface ThresholdRule {
  readonly threshold: keyof PadThresholds;
  readonly species: readonly string[];
  /** Turned so that more speaks for a live person; null where it was not measured. */
  readonly read: (sample: PadSample) => number | null;
  /** Back from what was read to what the policy says. */
  readonly toThreshold: (value: number) => number;
}

const FLAT = ['print', 'print_over_rotated', 'bent_print', 'cut_out_print'];
const MOTIONLESS = ['still', 'kenburns'];
const UNLIT = ['screen_replay', 'screen_replay_other_flash', 'injection', 'injection_other_flash'];

const asIs = (value: number): number => value;
const negated = (value: number): number => -value;

const signal = (
  threshold: keyof PadThresholds,
  feature: Feature,
  species: readonly string[],
  toThreshold: (value: number) => number,
): ThresholdRule => ({
  threshold,
  species,
  toThreshold,
  read: ({ signals }) => signals && feature(signals),
});

/** Thresholds that are chosen from captures; the others are definitions (of an action, of a readable flash) or follow from a false alarm rate. */
export const THRESHOLD_RULES: readonly ThresholdRule[] = [
  signal('minStillness', CHALLENGE_FEATURES.stillness, ['still'], Math.exp),
  signal('minPlaneSolidRatio', CHALLENGE_FEATURES.lrA, ['print', 'print_over_rotated'], asIs),
  signal('maxForeshortening', CHALLENGE_FEATURES.fore, ['print_over_rotated'], negated),
  signal('minHomographyResidual', CHALLENGE_FEATURES.tH, FLAT, Math.exp),
  signal('minQuadraticResidual', CHALLENGE_FEATURES.tQ, FLAT, Math.exp),
  signal('minConsistency', CHALLENGE_FEATURES.consistency, ['face_swap'], asIs),
  signal('minGroupConsistency', CHALLENGE_FEATURES.groupConsistency, ['face_swap'], asIs),
  signal('minFlashRho', FLASH_FEATURES['flash.rho'], UNLIT, asIs),
  signal('maxFlashBackground', FLASH_FEATURES['flash.background'], ['injection_tinted_frame'], negated),
];

/** Species that the score's main signals can tell from a live person; a recording or a rendered head moves as a head does. */
export const SCORED_SPECIES = [...FLAT, ...MOTIONLESS, 'face_swap'];
/** Species whose flash the score can tell from a lit face. */
export const FLASH_SCORED_SPECIES = [...UNLIT, 'injection_tinted_frame', 'injection_tinted_face'];
/** Species that risk cues hint at. */
export const CUE_SPECIES = [...FLAT, 'screen_replay', 'injection'];
