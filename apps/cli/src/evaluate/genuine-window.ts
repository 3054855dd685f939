import { DEFAULT_PAD_THRESHOLDS, type Likeness, mostAlike, type Traces } from '#biometrics';

/** The genuine captures measured so far, as a tenant's window holds them: what comes again is recognised. */
export class GenuineWindow {
  private readonly captures: Traces[] = [];

  /** How like an earlier genuine capture this one is; remembers it when it is genuine itself. */
  compare({ projections, trajectory }: Traces, isGenuine: boolean): Likeness {
    const traces = { projections, trajectory };
    const likeness = mostAlike(traces, this.captures, DEFAULT_PAD_THRESHOLDS.nearDuplicateBits);
    if (isGenuine) this.captures.push(traces);
    return likeness;
  }
}
