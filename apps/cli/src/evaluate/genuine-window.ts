import { countNearDuplicates, DEFAULT_PAD_THRESHOLDS, type Projection } from '#biometrics';

/** The genuine captures measured so far, as a tenant's window holds them: what comes again is recognised. */
export class GenuineWindow {
  private readonly captures: (readonly Projection[])[] = [];

  /** Most frames that one earlier genuine capture has in the same order; remembers this one when it is genuine itself. */
  compare(projections: readonly Projection[], isGenuine: boolean): number {
    const { nearDuplicateBits } = DEFAULT_PAD_THRESHOLDS;
    const most = Math.max(
      0,
      ...this.captures.map((earlier) => countNearDuplicates(earlier, projections, nearDuplicateBits)),
    );
    if (isGenuine) this.captures.push(projections);
    return most;
  }
}
