import type { Evidence } from './decide.js';
import { type PadLevel, reachesPadLevel } from './policy.js';

/**
 * Whether presentation attack detection took a capture for a bona fide presentation at the required level. What gave no answer, for
 * whatever reason, was not: so a capture without a face counts for the APCER as noticed and for the BPCER as an error.
 */
export function isBonaFide(evidence: Evidence, required: PadLevel): boolean {
  const { incomplete, halt, hasProbe, padLevel, padReason } = evidence;
  if (incomplete || halt !== null || !hasProbe) return false;
  return required === 'none' || (padReason === null && reachesPadLevel(padLevel, required));
}
