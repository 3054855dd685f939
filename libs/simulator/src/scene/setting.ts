import { type Matrix3 } from '#biometrics';
import { sway } from '../motion/sway.js';
import { type Random } from '../random.js';
import { type Camera, PHONE, WEBCAM } from '../render/camera.js';
import { type Light } from '../render/light.js';
import { rotationOf } from '../render/rigid.js';
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
}

export async function createSetting(random: Random, device?: 'webcam' | 'phone'): Promise<Setting> {
  const kind = device ?? random.pick(['webcam', 'phone'] as const);
  const tremor = kind === 'phone' ? 0.35 : 0.02;
  const [yaw, pitch, roll] = [sway(random, tremor), sway(random, tremor), sway(random, 0.6 * tremor)];
  const side = random.between(-0.7, 0.7);
  const length = Math.hypot(side, 0.45, 0.85);
  const exposure = random.between(0.88, 1.12);
  const drift = sway(random, 0.012);
  const whiteBalance = [random.between(0.95, 1.06), random.between(0.93, 1.06)] as const;
  const noise = random.between(1.2, 2.4);
  return {
    camera: kind === 'phone' ? PHONE : WEBCAM,
    light: {
      direction: [side / length, -0.45 / length, -0.85 / length],
      strength: random.between(0.3, 0.5),
    },
    room: await createRoom(random.fork('room')),
    shake: (tMs) => rotationOf({ yawDeg: yaw(tMs), pitchDeg: pitch(tMs), rollDeg: roll(tMs) }),
    sensor: (tMs) => ({ exposure: exposure * (1 + drift(tMs)), whiteBalance, noise }),
  };
}
