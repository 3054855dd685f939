/** Field of view across the longer side that webcams (≈ 60°) and phones (≈ 70°) lie around: no frame says its own. */
const ASSUMED_FIELD_OF_VIEW = (65 * Math.PI) / 180;

/** Focal length in pixels assumed for a frame of this size; the optical axis goes through its centre. */
export function assumedFocalLength(width: number, height: number): number {
  return Math.max(width, height) / 2 / Math.tan(ASSUMED_FIELD_OF_VIEW / 2);
}
