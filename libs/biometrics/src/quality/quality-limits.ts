import { type FaceQuality, QUALITY_COMPONENTS, type QualityComponent } from './face-quality.js';

/** The least value of each component, 0 … 100; 0 asks for nothing. */
export type QualityFloors = Readonly<Record<QualityComponent, number>>;

const NOTHING = Object.fromEntries(QUALITY_COMPONENTS.map((component) => [component, 0])) as QualityFloors;

/**
 * What every frame needs so that networks and liveness signals can be relied on; not a photographic ideal. Pose, eyes and mouth have no
 * floor here: a challenge asks for turns, blinks and open mouths.
 */
export const FRAME_FLOORS: QualityFloors = Object.freeze({
  ...NOTHING,
  inter_eye_distance: 18,
  under_exposure_prevention: 10,
  over_exposure_prevention: 20,
  dynamic_range: 45,
  sharpness: 28,
});

/** What the frames need that a verification's template is made of. */
export const VERIFICATION_FLOORS: QualityFloors = Object.freeze({ ...FRAME_FLOORS, head_pose: 50 });

/** A reference is compared for years, so what it is made of must be better. */
export const ENROLMENT_FLOORS: QualityFloors = Object.freeze({
  inter_eye_distance: 35,
  crop_of_the_face_image: 50,
  under_exposure_prevention: 40,
  over_exposure_prevention: 60,
  dynamic_range: 55,
  illumination_uniformity: 30,
  sharpness: 40,
  compression_artifacts: 20,
  face_occlusion_prevention: 40,
  head_pose: 80,
  eyes_open: 30,
  mouth_closed: 40,
});

/** The first component below its floor, in the order a person would correct them; `null` when the face is good enough. */
export function failedComponent(quality: FaceQuality, floors: QualityFloors): QualityComponent | null {
  // Written so that NaN is below every floor.
  return QUALITY_COMPONENTS.find((component) => !(quality[component] >= floors[component])) ?? null;
}
