import { sway } from '../motion/sway.js';
import { type Random } from '../random.js';
import { focalLength } from '../render/camera.js';
import { textureOf } from '../render/texture.js';
import { createSheet, placeSheet } from '../scene/sheet.js';
import { takePicture } from '../scene/picture.js';
import { createSetting } from '../scene/setting.js';
import { type RawFrame } from './live.js';
import { emitted } from './panel.js';
import { shownColours } from './shown-colours.js';
import { type CaptureOptions } from './simulated-capture.js';

const SCREEN_WIDTH_MM = 245;

/** A video played on a screen and taken again by another camera. */
export async function renderScreen(
  video: readonly RawFrame[],
  options: CaptureOptions,
  random: Random,
): Promise<RawFrame[]> {
  const setting = await createSetting(random.fork('setting'), options);
  const hand = random.fork('hand');
  const gamma = hand.between(1.02, 1.15);
  const grid = hand.between(0.04, 0.1);
  const panel = random.fork('panel');
  const first = video[0]?.picture;
  if (!first) return [];
  // The screen fills the picture and a little more, so that its frame stays out of sight.
  const distance =
    (SCREEN_WIDTH_MM * focalLength(setting.camera)) / setting.camera.width / hand.between(1.05, 1.16);
  const tilt = { yaw: sway(hand, 0.8), pitch: sway(hand, 0.8), roll: sway(hand, 0.4) };
  const drift = { x: sway(hand, 1), y: sway(hand, 1), z: sway(hand, 1.2) };
  const noise = random.fork('noise');
  const light = shownColours(options.flash, setting.flash.lag);
  const glass = glassOf(setting.flash.ambientLux, random.fork('glass'));
  const shows = {
    gamma,
    grid,
    black: 1 / panel.between(600, 1500) + glass,
    whiteness: panel.between(0, 0.3),
  };
  const frames: RawFrame[] = [];
  for (const [i, { picture, tMs, truth }] of video.entries()) {
    const shown = emitted(textureOf(picture), shows);
    const { mesh, pose } = placeSheet(
      createSheet(shown, SCREEN_WIDTH_MM),
      { yawDeg: tilt.yaw(tMs), pitchDeg: tilt.pitch(tMs), rollDeg: tilt.roll(tMs) },
      [drift.x(tMs), drift.y(tMs), distance + drift.z(tMs)],
    );
    // A screen shines by itself: the room's lamp adds nothing that matters.
    const shade = new Float32Array(mesh.positions.length / 3).fill(0.95);
    frames.push({
      picture: takePicture(setting, [{ mesh, shade, glass }], tMs, noise, light[i]),
      tMs,
      truth: { ...pose, ...(truth.action && { action: truth.action }) },
    });
  }
  return frames;
}

/**
 * A replaying screen shines by itself, to which the camera exposes; its glass and panel give back one to four per cent of what falls
 * on them. Share of a screen's light that is added, where the renderer's 1 is the replaying screen's white.
 */
function glassOf(ambientLux: number, random: Random): number {
  const [nits, reflectance] = [random.between(150, 400), random.between(0.01, 0.04)];
  return (reflectance * ambientLux) / (Math.PI * nits);
}
