import { type FaceQuality, QUALITY_COMPONENTS } from '#biometrics';
import type { Scalars } from '../entities/stage-result.entity.js';

const PREFIX = 'quality.';

/** One scalar for each component, to a hundredth. */
export function qualityToScalars(quality: FaceQuality | null): Scalars {
  if (!quality) return {};
  return Object.fromEntries(
    QUALITY_COMPONENTS.map((component) => [
      `${PREFIX}${component}`,
      Math.round(100 * quality[component]) / 100,
    ]),
  );
}

/** Reads the components back as the decision judges them; null unless every one is there, since a missing one never counts as good. */
export function scalarsToQuality(scalars: Scalars): FaceQuality | null {
  const values = QUALITY_COMPONENTS.map((component) => scalars[`${PREFIX}${component}`]);
  if (!values.every((value) => typeof value === 'number' && Number.isFinite(value))) return null;
  return Object.fromEntries(QUALITY_COMPONENTS.map((component, i) => [component, values[i]])) as FaceQuality;
}
