import { LANDMARK_COUNT, type RgbImage } from '#biometrics';
import { type Subject } from '../head/subject.js';
import { type Moment, perform } from '../motion/performance.js';
import { restlessness } from '../motion/restlessness.js';
import { sway } from '../motion/sway.js';
import { Random } from '../random.js';
import { type Camera, distanceFor, focalLength } from '../render/camera.js';
import { headPositions, person, type Stance } from '../scene/person.js';
import { takePicture } from '../scene/picture.js';
import { createSetting, type Setting } from '../scene/setting.js';
import { encodeJpeg } from './encode.js';
import { shownColours } from './shown-colours.js';
import {
  type CaptureOptions,
  frameCountOf,
  type FrameTruth,
  type SimulatedCapture,
} from './simulated-capture.js';

/** A frame before it is encoded. */
export interface RawFrame {
  readonly picture: RgbImage;
  readonly tMs: number;
  readonly truth: FrameTruth;
  /** Of a live face: 478 × (x, y, z) in pixels. */
  readonly landmarks?: Float32Array;
}

/** A subject before a camera, performing a challenge: what a bona fide presentation looks like. Same seed, same bytes. */
export async function simulateLive(subject: Subject, options: CaptureOptions): Promise<SimulatedCapture> {
  const random = new Random(options.seed, 'live');
  const frames = await renderLive(subject, options, random);
  const quality = random.fork('quality').between(84, 93);
  return {
    synthetic: true,
    label: 'bona_fide',
    challenge: options.challenge,
    ...(options.flash && { flash: options.flash }),
    seed: options.seed,
    frames: await Promise.all(
      frames.map(async ({ picture, tMs, truth }) => ({
        jpeg: await encodeJpeg(picture, quality),
        tMs,
        truth,
      })),
    ),
  };
}

/** The frames of a live capture as the sensor gives them. */
export async function renderLive(
  subject: Subject,
  options: CaptureOptions,
  random: Random,
): Promise<RawFrame[]> {
  const { setting, moments } = await stageLive(subject, options, random);
  const noise = random.fork('noise');
  const light = shownColours(options.flash, setting.flash.lag);
  return moments.map(({ moment: { tMs, action }, stance }, i) => {
    const { props, head, pose } = person(subject, stance, setting.light);
    return {
      picture: takePicture(setting, props, tMs, noise, light[i]),
      tMs,
      truth: { ...pose, ...(action && { action }) },
      landmarks: seenLandmarks(head.mesh.positions, setting.camera),
    };
  });
}

/** The landmarks of those frames, 478 × (x, y, z) in pixels each: drawing no pictures takes a fraction of the time. */
export async function liveLandmarks(subject: Subject, options: CaptureOptions): Promise<Float32Array[]> {
  const { setting, moments } = await stageLive(subject, options, new Random(options.seed, 'live'));
  return moments.map(({ stance }) => seenLandmarks(headPositions(subject, stance), setting.camera));
}

/** How the subject stands at the moment of each frame, and before which camera. */
async function stageLive(subject: Subject, options: CaptureOptions, random: Random) {
  const setting = await createSetting(
    options.desk === undefined ? random.fork('setting') : new Random(options.desk, 'desk'),
    options,
  );
  const stanceAt = liveStance(subject, setting, random.fork('stance'));
  const performed = perform(options.challenge, frameCountOf(options), random.fork('performance'));
  return { setting, moments: performed.map((moment) => ({ moment, stance: stanceAt(moment) })) };
}

/** Where a head's landmarks, its first vertices, are seen: 478 × (x, y, z) in pixels, as a perfect network would find them. */
function seenLandmarks(positions: Float32Array, camera: Camera): Float32Array {
  const landmarks = new Float32Array(3 * LANDMARK_COUNT);
  for (let i = 0; i < landmarks.length; i += 3) {
    const [x, y, z] = positions.subarray(i, i + 3) as unknown as [number, number, number];
    const scale = focalLength(camera) / z;
    landmarks[i] = camera.width / 2 + scale * x;
    landmarks[i + 1] = camera.height / 2 + scale * y;
    landmarks[i + 2] = scale * (z - (positions[2] as number));
  }
  return landmarks;
}

function liveStance(subject: Subject, setting: Setting, random: Random): (moment: Moment) => Stance {
  const distance = distanceFor(setting.camera, random.between(440, 640));
  const [x, y] = [random.between(-25, 25), random.between(-5, 30)];
  const turn = { yaw: sway(random, 0.55), pitch: sway(random, 0.55), roll: sway(random, 0.5) };
  const shift = { x: sway(random, 2.5), y: sway(random, 1.5), z: sway(random, 3.5) };
  const mood = { smile: sway(random, 0.1), brows: sway(random, 0.08) };
  const restless = restlessness(subject.head, random);
  return ({ tMs, yawDeg, pitchDeg, rollDeg, approach, expression }) => ({
    yawDeg: yawDeg + turn.yaw(tMs),
    pitchDeg: pitchDeg + turn.pitch(tMs),
    rollDeg: rollDeg + turn.roll(tMs),
    at: [x + shift.x(tMs), y + shift.y(tMs), distance / approach + shift.z(tMs)],
    expression: {
      ...expression,
      smile: expression.smile + mood.smile(tMs),
      brows: expression.brows + mood.brows(tMs),
    },
    restlessness: restless(tMs),
  });
}
