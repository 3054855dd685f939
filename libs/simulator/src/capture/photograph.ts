import { type RgbImage } from '#biometrics';
import { NEUTRAL } from '../head/expression.js';
import { type Subject } from '../head/subject.js';
import { Random } from '../random.js';
import { type Camera, focalLength } from '../render/camera.js';
import { person } from '../scene/person.js';
import { takePicture } from '../scene/picture.js';
import { createSetting } from '../scene/setting.js';

/** A longer lens than a webcam's, as portraits are taken with. */
const PORTRAIT_LENS: Camera = { width: 480, height: 640, fovDeg: 19.3 };
const DISTANCE_MM = 1100;
/** How far below the camera's axis the eyes are. */
const EYES_MM = -10;

/** Millimetres of the scene, at the subject's eyes, that the photograph is wide. */
export const PHOTOGRAPH_WIDTH_MM = (PORTRAIT_LENS.width * DISTANCE_MM) / focalLength(PORTRAIT_LENS);

/** Where the photograph has the midpoint of the eyes: pixels. */
export const PHOTOGRAPH_EYES = {
  x: PORTRAIT_LENS.width / 2,
  y: PORTRAIT_LENS.height / 2 + (EYES_MM * focalLength(PORTRAIT_LENS)) / DISTANCE_MM,
};

/** A good photograph of a subject, looking straight ahead: what an attacker can get hold of. 480×640, about 80 px between the eyes. */
export async function photographOf(subject: Subject, seed: number): Promise<RgbImage> {
  const random = new Random(seed, 'photograph');
  const setting = await createSetting(random, { device: 'webcam' });
  const stance = {
    yawDeg: 0,
    pitchDeg: 0,
    rollDeg: 0,
    at: [0, EYES_MM, DISTANCE_MM] as const,
    expression: NEUTRAL,
  };
  const studio = {
    ...setting,
    camera: PORTRAIT_LENS,
    sensor: () => ({ ...setting.sensor(0), exposure: 1, noise: 0.7 }),
  };
  return takePicture(studio, person(subject, stance, setting.light).props, 0, random.fork('noise'));
}
