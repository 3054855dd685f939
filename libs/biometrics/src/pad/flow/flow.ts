import { interOcularDistance } from '../../geometry/landmarks.js';
import { type HeadPose } from '../../geometry/pose.js';
import { type LivenessFrame, mostFrontal } from '../frames.js';
import { median } from '../statistics.js';
import { trimmedResidual } from './residual.js';
import { chooseAnchors, track } from './track.js';
import { fitHomography, fitQuadratic } from './warps.js';

const COMPARED_FRAMES = 3;
/** A quadratic warp alone has twelve unknowns; with fewer tracks a residual says nothing. */
const LEAST_TRACKS = 30;
/** Radians; a head that turned less leaves too little parallax to tell it from a picture. */
const LEAST_TURN = (8 * Math.PI) / 180;

/** What the motion of skin texture says about the shape that carries it. */
export interface FlowFindings {
  /** Median residual of a homography, in inter-ocular distances, ≥ 0; small for anything flat. `null`: not measurable. */
  readonly tH: number | null;
  /** Median residual of a quadratic warp, in inter-ocular distances, ≥ 0; small for bent pictures too. `null`: not measurable. */
  readonly tQ: number | null;
  /** Median number of points followed, 0 … 90; `null` without frames to compare. */
  readonly tracks: number | null;
}

/**
 * Guided sparse flow: the most frontal frame against the three farthest from it in pose, of those at least 8° away. Up to
 * 90 textured skin landmarks start where an affine map of their 14 nearest landmarks puts them and are refined on the
 * pixels, so that what is measured is the picture's own motion and not the landmark network's idea of a face. A plane moves
 * by a homography and bent paper nearly by a quadratic warp; a head leaves the parallax of nose, brows and cheeks.
 */
export function measureFlow(frames: readonly LivenessFrame[]): FlowFindings {
  const reference = mostFrontal(frames);
  if (!reference || frames.length < 2) return { tH: null, tQ: null, tracks: null };
  const anchors = chooseAnchors(reference);
  const others = farthestInPose(frames, reference).map((frame) => track(reference, anchors, frame));
  const counted = others.map(({ from }) => from.length / 2);
  const usable = others.filter((_, i) => (counted[i] ?? 0) >= LEAST_TRACKS);
  const unit = interOcularDistance(reference.landmarks);
  const typical = (fit: typeof fitHomography): number | null => {
    const residuals = usable.flatMap((tracks) => {
      const residual = trimmedResidual(tracks, fit);
      return residual === null ? [] : [residual / unit];
    });
    return median(residuals);
  };
  return { tH: typical(fitHomography), tQ: typical(fitQuadratic), tracks: median(counted) };
}

function farthestInPose(frames: readonly LivenessFrame[], reference: LivenessFrame): LivenessFrame[] {
  const away = (pose: HeadPose): number =>
    Math.hypot(pose.yaw - reference.pose.yaw, pose.pitch - reference.pose.pitch);
  return frames
    .filter((frame) => frame !== reference && away(frame.pose) >= LEAST_TURN)
    .sort((a, b) => away(b.pose) - away(a.pose))
    .slice(0, COMPARED_FRAMES);
}
