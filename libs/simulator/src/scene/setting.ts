import { type Matrix3 } from '#biometrics';
import { sway } from '../motion/sway.js';
import { type Random } from '../random.js';
import { type Camera, PHONE, WEBCAM } from '../render/camera.js';
import { type Light } from '../render/light.js';
import { rotationOf } from '../render/rigid.js';
import { type ScreenLamp } from '../render/screen-light.js';
import { type Sensor } from '../render/sensor.js';
import { createRoom, type Room } from './room.js';

/** Where and with what a capture is taken: drawn once per capture. */
export interface Setting {
  readonly camera: Camera;
  readonly light: Light;
  readonly room: Room;
  /** How the camera is turned at a time, since hands shake. */
  shake(tMs: number): Matrix3;
  /** The sensor at a time: exposure drifts a little. */
  sensor(tMs: number): Sensor;
  readonly flash: FlashSetting;
}

/** What becomes of colours that the screen around the camera shows. */
export interface FlashSetting {
  readonly lamp: ScreenLamp;
  /** Illuminance of the room on a surface that faces its lamp: what the renderer calls 1. */
  readonly ambientLux: number;
  /** The screen's white beside the room's, which the camera takes for white: red, green, blue. */
  readonly tint: readonly [number, number, number];
  /** How late the camera sees a colour: 0 … 1 frames. */
  readonly lag: number;
  /** Shares of a change of light that exposure and white balance take back. */
  readonly exposureReacts: number;
  readonly whiteBalanceReacts: number;
}

export interface SettingOptions {
  /** Factor on the camera's pixels along each side; by default 1. */
  readonly resolution?: number;
  readonly device?: 'webcam' | 'phone';
  /** Light of the room; by default drawn. */
  readonly ambientLux?: number;
}

export async function createSetting(
  random: Random,
  { device, resolution = 1, ambientLux }: SettingOptions = {},
): Promise<Setting> {
  const kind = device ?? random.pick(['webcam', 'phone'] as const);
  const camera = kind === 'phone' ? PHONE : WEBCAM;
  const tremor = kind === 'phone' ? 0.35 : 0.02;
  const [yaw, pitch, roll] = [sway(random, tremor), sway(random, tremor), sway(random, 0.6 * tremor)];
  const side = random.between(-0.7, 0.7);
  const length = Math.hypot(side, 0.45, 0.85);
  const exposure = random.between(0.88, 1.12);
  const drift = sway(random, 0.012);
  const whiteBalance = [random.between(0.95, 1.06), random.between(0.93, 1.06)] as const;
  const noise = random.between(1.2, 2.4);
  return {
    camera: {
      ...camera,
      width: Math.round(resolution * camera.width),
      height: Math.round(resolution * camera.height),
    },
    light: {
      direction: [side / length, -0.45 / length, -0.85 / length],
      strength: random.between(0.3, 0.5),
    },
    room: await createRoom(random.fork('room')),
    shake: (tMs) => rotationOf({ yawDeg: yaw(tMs), pitchDeg: pitch(tMs), rollDeg: roll(tMs) }),
    sensor: (tMs) => ({ exposure: exposure * (1 + drift(tMs)), whiteBalance, noise }),
    flash: drawFlashSetting(random.fork('flash'), kind, ambientLux),
  };
}

/** A laptop below its webcam, or a phone around its camera, at the brightness people leave them at; 50 to 500 lux. */
function drawFlashSetting(random: Random, kind: 'webcam' | 'phone', ambientLux?: number): FlashSetting {
  const [widthMm, heightMm, nits] =
    kind === 'phone'
      ? [random.between(64, 76), random.between(138, 160), random.between(350, 600)]
      : [random.between(285, 345), random.between(178, 215), random.between(180, 350)];
  const drawnLux = 50 * 10 ** random.between(0, 1);
  const late = random.between(0, 1);
  return {
    lamp: { widthMm, heightMm, nits, belowMm: heightMm / 2 + 8 },
    ambientLux: ambientLux ?? drawnLux,
    tint: [random.between(0.8, 1.25), 1, random.between(0.75, 1.35)],
    lag: late < 0.85 ? 0 : late < 0.95 ? random.between(0.1, 0.5) : 1,
    exposureReacts: random.between(0.3, 0.9),
    whiteBalanceReacts: random.between(0, 0.2),
  };
}
