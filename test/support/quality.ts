import { type FaceQuality, QUALITY_COMPONENTS } from '#biometrics';

/** A face that no gate refuses. */
export const PERFECT = Object.fromEntries(
  QUALITY_COMPONENTS.map((component) => [component, 100]),
) as FaceQuality;
