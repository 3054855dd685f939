/** By the rule of three, n independent trials without an event bound its rate by 3/n with 95 % confidence. */
const RULE_OF_THREE = 3;

/** Whether so many comparisons can tell a rate from zero. */
export function isSupported(rate: number, pairs: number): boolean {
  // A product such as 30000 · 1e-4 may round to just below 3.
  return pairs * rate >= RULE_OF_THREE - 1e-9;
}

/** The sentence for a false match rate that the comparisons cannot carry. */
export function cannotSupport(fmr: string, pairs: number): string {
  const needed = Math.ceil(RULE_OF_THREE / Number(fmr) - 1e-6);
  return (
    `This set cannot support FMR ${fmr}: it has ${count(pairs)} non-mated pairs, and by the rule of three ` +
    `at least ${count(needed)} are needed to tell such a rate from zero.`
  );
}

/** The sentence for a bound that no threshold reaches. */
export function needsPeople(fmr: number, peoplePairs: number): string {
  // The Wilson bound of no event among n is about 3.84/n; n people make n(n − 1)/2 pairs.
  const people = Math.ceil(0.5 + Math.sqrt(0.25 + (2 * 3.84) / fmr));
  return (
    `No threshold is recommended: at none of them do these people show that the false match rate is at most ${fmr} ` +
    `(upper 95 % bound). Comparisons of the same two people are not independent; there are ${count(peoplePairs)} pairs of people, ` +
    `and about ${count(people)} people without a false match among them would show it.`
  );
}

const count = (n: number): string => n.toLocaleString('en-US');
