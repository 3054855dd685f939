import { countNearDuplicates } from './near-duplicates.js';
import { type Projection } from './projection.js';
import { trajectoryDistance, type TrajectoryHash } from './trajectory.js';

/** What is remembered of a capture: keyed hashes of its frames, and of how the head moved over them. */
export interface Traces {
  readonly projections: readonly Projection[];
  /** `null` when too little moved to be told by: such a capture is recognised by its frames alone. */
  readonly trajectory: TrajectoryHash | null;
}

/** What the earlier captures say of a new one. */
export interface Likeness {
  readonly nearDuplicates: number;
  /** 1 where no earlier motion could be compared. */
  readonly trajectoryDistance: number;
}

/**
 * Compares a capture with earlier ones, and answers with what the one most like it in frames, and the one most like it in motion, say.
 * @param nearDuplicateBits two frames whose projections differ in at most so many bits are near-duplicates
 */
export function mostAlike(
  { projections, trajectory }: Traces,
  earlier: readonly Traces[],
  nearDuplicateBits: number,
): Likeness {
  const frames = earlier.map((other) =>
    countNearDuplicates(other.projections, projections, nearDuplicateBits),
  );
  const distances = earlier.map(
    (other) => (trajectory && other.trajectory && trajectoryDistance(other.trajectory, trajectory)) ?? 1,
  );
  return {
    nearDuplicates: Math.max(0, ...frames),
    trajectoryDistance: Math.min(1, ...distances),
  };
}
