/** What the pipeline of the whole installation did lately and has to do; moments in seconds, of any one clock. */
export interface Backlog {
  readonly now: number;
  /** Captures in flight that were submitted before the one in question. */
  readonly ahead: number;
  /** When the oldest capture in flight was submitted; null when there is none. */
  readonly oldestSubmittedAt: number | null;
  /** The latest decisions, in any order. */
  readonly recent: readonly { readonly submittedAt: number; readonly decidedAt: number }[];
}

/** Where nothing was decided lately: about what a decision takes on one core. */
const UNKNOWN_SECONDS = 1;

/**
 * Seconds, ≥ 0, until a capture is decided. The workers together are seen as one server that takes captures in the order of their
 * submission: the mean time it was at work on one is what each capture ahead costs, however many workers share the load.
 */
export function estimateSeconds(backlog: Backlog): number {
  const { recent, ahead } = backlog;
  const quickest = Math.min(...recent.map(({ submittedAt, decidedAt }) => decidedAt - submittedAt), Infinity);
  const perCapture = secondsPerCapture(backlog);
  return Math.max(0, Number.isFinite(quickest) ? quickest : 0, (ahead + 1) * perCapture);
}

/** From its submission, or the decision before if that came later, to its own decision the server was at work on a capture. */
function secondsPerCapture({ recent, oldestSubmittedAt, now }: Backlog): number {
  const decisions = [...recent].sort((a, b) => a.decidedAt - b.decidedAt);
  const spans = decisions.map(({ submittedAt, decidedAt }, index) => {
    const before = decisions[index - 1]?.decidedAt ?? -Infinity;
    return Math.max(0, decidedAt - Math.max(submittedAt, before));
  });
  // The wait of the first one cannot be told from the work on it, so it only serves as the decision before the second.
  if (spans.length > 1) spans.shift();
  const last = decisions.at(-1)?.decidedAt ?? -Infinity;
  const open = oldestSubmittedAt === null ? 0 : now - Math.max(oldestSubmittedAt, last);
  const usual = spans.length > 0 ? mean(spans) : UNKNOWN_SECONDS;
  // A server that has been at its present capture for longer than usual is slower than it was, or stands still.
  return open > usual ? mean([...spans, open]) : usual;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
