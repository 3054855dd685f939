import { type RgbImage } from '#biometrics';
import { type Subject } from '../head/subject.js';
import { perform } from '../motion/performance.js';
import { sway } from '../motion/sway.js';
import { type Random } from '../random.js';
import { distanceFor } from '../render/camera.js';
import { type Mesh } from '../render/mesh.js';
import { rotationOf, transformPoints } from '../render/rigid.js';
import { type Texture } from '../render/texture.js';
import { NECK, person } from '../scene/person.js';
import { takePicture } from '../scene/picture.js';
import { lit } from '../scene/prop.js';
import { createSetting } from '../scene/setting.js';
import { type RawFrame } from './live.js';
import { PHOTOGRAPH_EYES, PHOTOGRAPH_WIDTH_MM } from './photograph.js';
import { INK_CHROMA, printed } from './printed.js';
import { shownColours } from './shown-colours.js';
import { type CaptureOptions, frameCountOf } from './simulated-capture.js';

const [COLUMNS, ROWS] = [96, 128];
/** Holes of a life-size mask: middle and half axes in millimetres from the midpoint of the eyes. */
const HOLES = [
  { x: -31.5, y: 0, rx: 17, ry: 9 },
  { x: 31.5, y: 0, rx: 17, ry: 9 },
  { x: 0, y: 72, rx: 28, ry: 12 },
];
/** So far before the eyes the paper touches the nose: mm. */
const BEFORE_FACE = 34;

/** A life-size photograph of somebody as a mask before another face, whose eyes and mouth move in its holes. */
export async function renderCutOut(
  photograph: RgbImage,
  wearer: Subject,
  options: CaptureOptions,
  random: Random,
): Promise<RawFrame[]> {
  const setting = await createSetting(random.fork('setting'), options);
  const hand = random.fork('hand');
  const ink = random.fork('ink');
  const mask = maskOf(
    printed(photograph, { contrast: ink.between(0.85, 0.97), chroma: ink.between(...INK_CHROMA) }),
  );
  const distance = distanceFor(setting.camera, hand.between(460, 620));
  const turn = { yaw: sway(hand, 0.8), pitch: sway(hand, 0.8), roll: sway(hand, 0.6) };
  const noise = random.fork('noise');
  const light = shownColours(options.flash, setting.flash.lag);
  const moments = perform(options.challenge, frameCountOf(options), random.fork('performance'));
  return moments.map((moment, i) => {
    const { tMs, action, approach, expression } = moment;
    const stance = {
      yawDeg: moment.yawDeg + turn.yaw(tMs),
      pitchDeg: moment.pitchDeg + turn.pitch(tMs),
      rollDeg: moment.rollDeg + turn.roll(tMs),
      at: [0, 10, distance / approach] as const,
      expression,
    };
    const { props, pose } = person(wearer, stance, setting.light);
    const paper = {
      ...mask,
      positions: transformPoints(mask.positions, rotationOf(stance), NECK, stance.at),
    };
    return {
      picture: takePicture(setting, [...props, lit(paper, setting.light)], tMs, noise, light[i]),
      tMs,
      truth: { ...pose, ...(action && { action }) },
    };
  });
}

/** The photograph as a sheet in the head's frame, without the cells where holes are cut. */
function maskOf(photograph: Texture): Mesh {
  const scale = PHOTOGRAPH_WIDTH_MM / photograph.width;
  const positions: number[] = [];
  const uv: number[] = [];
  const triangles: number[] = [];
  for (let row = 0; row <= ROWS; row++) {
    for (let column = 0; column <= COLUMNS; column++) {
      const [u, v] = [(column / COLUMNS) * (photograph.width - 1), (row / ROWS) * (photograph.height - 1)];
      const [x, y] = [(u - PHOTOGRAPH_EYES.x) * scale, (v - PHOTOGRAPH_EYES.y) * scale];
      positions.push(x, y, -BEFORE_FACE);
      uv.push(u, v);
      const isHole = HOLES.some((hole) => ((x - hole.x) / hole.rx) ** 2 + ((y - hole.y) / hole.ry) ** 2 < 1);
      if (row === ROWS || column === COLUMNS || isHole) continue;
      const corner = row * (COLUMNS + 1) + column;
      const below = corner + COLUMNS + 1;
      triangles.push(corner, corner + 1, below + 1, corner, below + 1, below);
    }
  }
  return {
    positions: Float32Array.from(positions),
    uv: Float32Array.from(uv),
    triangles: Uint16Array.from(triangles),
    texture: photograph,
  };
}
