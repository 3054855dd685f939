import { type GateState } from '../gate-state.js';
import { type ScoreRange } from './combined-score.js';

/** Failed only when no missing value could save it; passed only when none is needed. */
export function judgeScore({ least, most }: ScoreRange, threshold: number): GateState {
  if (most < threshold) return 'failed';
  return least >= threshold ? 'passed' : 'unmeasured';
}
