import { type FaceQuality, type QualityComponent } from './face-quality.js';

/** An inclusive range; a missing end is open. */
interface Range {
  readonly min?: number;
  readonly max?: number;
}

/** The range each component must lie in. `frontality` applies to template frames only: a challenge asks for turns. */
export type QualityLimits = Readonly<Record<QualityComponent, Range>>;

/** Floors below which the networks themselves become unreliable; not a photographic ideal. */
export const DEFAULT_QUALITY_LIMITS: QualityLimits = {
  size: { min: 24 },
  brightness: { min: 30, max: 235 },
  contrast: { min: 8 },
  sharpness: { min: 6 },
  frontality: { min: 0.9 },
};

const FRAME_COMPONENTS = ['size', 'brightness', 'contrast', 'sharpness'] as const;

/** The first component outside its limits, in the order a person would correct them; `null` when the face is usable. */
export function failedComponent(
  quality: FaceQuality,
  limits: QualityLimits = DEFAULT_QUALITY_LIMITS,
): QualityComponent | null {
  return FRAME_COMPONENTS.find((component) => !within(quality[component], limits[component])) ?? null;
}

/** Whether the face looks straight enough at the camera to make a template of. */
export function isFrontal(quality: FaceQuality, limits: QualityLimits = DEFAULT_QUALITY_LIMITS): boolean {
  return within(quality.frontality, limits.frontality);
}

// Written so that NaN is outside every range.
function within(value: number, { min = -Infinity, max = Infinity }: Range): boolean {
  return value >= min && value <= max;
}
