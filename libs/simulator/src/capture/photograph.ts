import { type RgbImage } from '#biometrics';
import { type Expression, NEUTRAL } from '../head/expression.js';
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

/**
 * A good photograph of a subject, looking straight ahead: what an attacker can get hold of. 480×640, about 80 px between the eyes.
 * @param posed what the subject does instead
 */
export async function photographOf(
  subject: Subject,
  seed: number,
  posed: { readonly yawDeg?: number; readonly expression?: Partial<Expression> } = {},
): Promise<RgbImage> {
  const random = new Random(seed, 'photograph');
  const setting = await createSetting(random, { device: 'webcam' });
  const stance = {
    yawDeg: posed.yawDeg ?? 0,
    pitchDeg: 0,
    rollDeg: 0,
    at: [0, EYES_MM, DISTANCE_MM] as const,
    expression: { ...NEUTRAL, ...posed.expression },
  };
  const studio = {
    ...setting,
    camera: PORTRAIT_LENS,
    sensor: () => ({ ...setting.sensor(0), exposure: 1, noise: 0.7 }),
  };
  return takePicture(studio, person(subject, stance, setting.light).props, 0, random.fork('noise'));
}

/** What a snapshot shows, drawn by its seed. */
const SNAPSHOT = { yawDeg: 20, pitchDeg: 12, rollDeg: 15, nearMm: 430, farMm: 1_000 };

/**
 * Any photograph of a subject, as people have them: 640×480, turned by up to 20°, near or farther away and off the centre, smiling or not,
 * in some room, by some light. The same seed gives the same picture.
 */
export async function snapshotOf(subject: Subject, seed: number): Promise<RgbImage> {
  const random = new Random(seed, 'snapshot');
  const setting = await createSetting(random.fork('setting'));
  const within = (limit: number): number => random.between(-limit, limit);
  const distance = (random.between(SNAPSHOT.nearMm, SNAPSHOT.farMm) * focalLength(setting.camera)) / 554;
  const stance = {
    yawDeg: within(SNAPSHOT.yawDeg),
    pitchDeg: within(SNAPSHOT.pitchDeg),
    rollDeg: within(SNAPSHOT.rollDeg),
    at: [within(0.12 * distance), within(0.06 * distance), distance] as const,
    expression: {
      blink: random.between(0, 0.25),
      mouth: random.between(0, 1) < 0.3 ? random.between(0, 0.4) : 0,
      smile: random.between(-0.3, 1),
      brows: random.between(-0.5, 1),
    },
  };
  const exposure = random.between(0.55, 1.35);
  const lit = {
    ...setting,
    light: { ...setting.light, strength: random.between(0.2, 0.7) },
    sensor: (tMs: number) => ({ ...setting.sensor(tMs), exposure }),
  };
  return takePicture(lit, person(subject, stance, lit.light).props, 0, random.fork('noise'));
}
