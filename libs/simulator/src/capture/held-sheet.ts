import { type RgbImage } from '#biometrics';
import { type Amplitudes, type Moment, perform } from '../motion/performance.js';
import { sway } from '../motion/sway.js';
import { type Random } from '../random.js';
import { focalLength } from '../render/camera.js';
import { createSheet, placeSheet } from '../scene/sheet.js';
import { takePicture } from '../scene/picture.js';
import { lit } from '../scene/prop.js';
import { createSetting } from '../scene/setting.js';
import { type RawFrame } from './live.js';
import { INK_CHROMA, printed } from './printed.js';
import { shownColours } from './shown-colours.js';
import { PHOTOGRAPH_WIDTH_MM } from './photograph.js';
import { type CaptureOptions, frameCountOf } from './simulated-capture.js';

/** How a photograph is printed and moved. */
export interface Handling {
  readonly amplitudes: Amplitudes;
  /** Radius of the cylinder the paper is bent to, in millimetres; none: flat. */
  readonly radiusMm?: readonly [low: number, high: number];
}

/** Life-size is 1; between A5 and A4 for a portrait of head and shoulders. */
const SCALE = [0.42, 0.72] as const;

/** A printed photograph before a camera, turned, tilted and moved as the challenge asks of a head. */
export async function renderHeldSheet(
  photograph: RgbImage,
  options: CaptureOptions,
  { amplitudes, radiusMm }: Handling,
  random: Random,
): Promise<RawFrame[]> {
  const setting = await createSetting(random.fork('setting'), options);
  const hand = random.fork('hand');
  const scale = hand.between(...SCALE);
  const sheet = createSheet(
    printed(photograph, {
      contrast: hand.between(0.85, 0.97),
      chroma: random.fork('ink').between(...INK_CHROMA),
    }),
    PHOTOGRAPH_WIDTH_MM * scale,
    radiusMm && hand.between(...radiusMm),
  );
  // Held where the face looks as large as a live one would.
  const distance = (scale * hand.between(440, 600) * focalLength(setting.camera)) / 554;
  const [x, y] = [hand.between(-12, 12), hand.between(-8, 8)];
  const tremor = { yaw: sway(hand, 1.2), pitch: sway(hand, 1.2), roll: sway(hand, 0.9) };
  const drift = { x: sway(hand, 2.5), y: sway(hand, 2.5), z: sway(hand, 3) };
  const noise = random.fork('noise');
  const place = ({ tMs, yawDeg, pitchDeg, rollDeg, approach, expression }: Moment) =>
    placeSheet(
      sheet,
      {
        yawDeg: yawDeg + tremor.yaw(tMs),
        // Nobody can make a photograph blink: attackers jerk it instead.
        pitchDeg: pitchDeg + tremor.pitch(tMs) + 6 * expression.blink - 6 * expression.mouth,
        rollDeg: rollDeg + tremor.roll(tMs),
      },
      [x + drift.x(tMs), y + drift.y(tMs), distance / approach + drift.z(tMs)],
    );
  const light = shownColours(options.flash, setting.flash.lag);
  const moments = perform(options.challenge, frameCountOf(options), random.fork('performance'), amplitudes);
  return moments.map((moment, i) => {
    const { mesh, pose } = place(moment);
    return {
      picture: takePicture(setting, [lit(mesh, setting.light)], moment.tMs, noise, light[i]),
      tMs: moment.tMs,
      truth: { ...pose, ...(moment.action && { action: moment.action }) },
    };
  });
}
