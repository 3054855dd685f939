import { type RgbImage } from '#biometrics';
import { type Mesh } from '../render/mesh.js';
import { textureOf } from '../render/texture.js';
import { type Random } from '../random.js';

/** One horizontal section: height below the eyes, half width, half depth, how far behind the eyes its centre lies: mm. */
interface Section {
  readonly y: number;
  readonly halfWidth: number;
  readonly halfDepth: number;
  readonly z: number;
}

const NECK: readonly Section[] = [
  { y: 40, halfWidth: 50, halfDepth: 50, z: 92 },
  { y: 90, halfWidth: 52, halfDepth: 52, z: 94 },
  { y: 125, halfWidth: 55, halfDepth: 55, z: 100 },
  { y: 150, halfWidth: 66, halfDepth: 58, z: 104 },
  { y: 185, halfWidth: 80, halfDepth: 60, z: 106 },
];

const TRUNK: readonly Section[] = [
  { y: 133, halfWidth: 60, halfDepth: 58, z: 106 },
  { y: 146, halfWidth: 92, halfDepth: 70, z: 108 },
  { y: 162, halfWidth: 140, halfDepth: 82, z: 110 },
  { y: 185, halfWidth: 182, halfDepth: 96, z: 110 },
  { y: 225, halfWidth: 208, halfDepth: 108, z: 108 },
  { y: 330, halfWidth: 222, halfDepth: 116, z: 106 },
  { y: 620, halfWidth: 226, halfDepth: 118, z: 106 },
];

const AROUND = 40;
const CLOTH = 192;

/** Neck and shoulders in the head's frame, which do not turn with the head. */
export function torso(skin: readonly [number, number, number], random: Random): readonly Mesh[] {
  const cloth = random.pick([
    [52, 70, 98],
    [108, 40, 44],
    [62, 88, 66],
    [120, 118, 112],
    [44, 44, 50],
    [150, 132, 98],
  ] as const);
  const shadow = skin.map((v) => 0.86 * v) as [number, number, number];
  return [lathe(NECK, patch(shadow, 4, random)), lathe(TRUNK, patch(cloth, 14, random))];
}

function lathe(sections: readonly Section[], picture: RgbImage): Mesh {
  const positions: number[] = [];
  const uv: number[] = [];
  const triangles: number[] = [];
  sections.forEach(({ y, halfWidth, halfDepth, z }, row) => {
    for (let i = 0; i <= AROUND; i++) {
      const angle = (2 * Math.PI * i) / AROUND;
      positions.push(halfWidth * Math.sin(angle), y, z + halfDepth * Math.cos(angle));
      uv.push(((CLOTH - 2) * i) / AROUND, Math.min(CLOTH - 2, y / 3.4));
    }
    if (row === 0) return;
    for (let i = 0; i < AROUND; i++) {
      const upper = (row - 1) * (AROUND + 1) + i;
      const lower = upper + AROUND + 1;
      triangles.push(upper, upper + 1, lower, upper + 1, lower + 1, lower);
    }
  });
  return {
    positions: Float32Array.from(positions),
    uv: Float32Array.from(uv),
    triangles: outward(Uint16Array.from(triangles), positions),
    texture: textureOf(picture),
  };
}

/** The front (i = AROUND / 2) must look at the camera. */
function outward(triangles: Uint16Array, positions: readonly number[]): Uint16Array {
  const first = 3 * (AROUND / 2) * 2;
  const [a = 0, b = 0, c = 0] = triangles.subarray(first, first + 3);
  const d = (i: number, axis: number): number =>
    (positions[3 * i + axis] ?? 0) - (positions[3 * a + axis] ?? 0);
  if (d(b, 0) * d(c, 1) - d(b, 1) * d(c, 0) > 0) return triangles;
  for (let t = 0; t < triangles.length; t += 3) triangles.subarray(t + 1, t + 3).reverse();
  return triangles;
}

/** A colour with the grain of cloth or skin. */
function patch(colour: readonly number[], grain: number, random: Random): RgbImage {
  const data = new Uint8Array(CLOTH * CLOTH * 3);
  for (let i = 0; i < CLOTH * CLOTH; i++) {
    const weave = grain * 0.35 * random.normal() + grain * 0.4 * Math.sin((i % CLOTH) * 0.9);
    for (let c = 0; c < 3; c++) data[3 * i + c] = Math.min(255, Math.max(0, (colour[c] ?? 0) + weave));
  }
  return { width: CLOTH, height: CLOTH, data };
}
