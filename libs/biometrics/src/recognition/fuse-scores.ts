/**
 * The comparison score of a probe with several references of one subject: the highest one, because the references show the same face in
 * different states and the probe need resemble only one of them. Each reference more is one more chance for an impostor too.
 * @returns null without any score
 */
export function fuseScores(scores: readonly number[]): number | null {
  return scores.length > 0 ? Math.max(...scores) : null;
}
