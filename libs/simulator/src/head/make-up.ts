import sharp from 'sharp';
import { landmarkAt, type RgbImage } from '#biometrics';

/** Marks on a face that tell people apart as much as its shape does; 0 is none, 1 the most. */
export interface MakeUp {
  /** Thickness of painted brows. */
  readonly brows: number;
  readonly beard: number;
  readonly moustache: number;
  /** Hair over the forehead. */
  readonly fringe: number;
  /** Painted over the lids and under the eyes in the tone of the skin: takes a portrait's eye make-up away. */
  readonly bareEyes: number;
  /** How strongly the frames of a pair of glasses show; their lenses darken a little. */
  readonly glasses: number;
  /** Hair of brows, beard and fringe: RGB 0 … 255. */
  readonly hair: readonly [number, number, number];
}

const BROWS = [
  [46, 53, 52, 65, 55],
  [276, 283, 282, 295, 285],
];
const JAW = [
  234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454, 352,
  411, 425, 410, 287, 273, 335, 406, 313, 18, 83, 182, 106, 43, 57, 186, 205, 187, 123,
];
const MOUSTACHE = [57, 186, 92, 165, 167, 164, 393, 391, 322, 410, 287, 270, 267, 0, 37, 40];
/** Under the hairline, and the outline above which the fringe starts. */
const FRINGE = {
  edge: [21, 71, 68, 104, 69, 108, 151, 337, 299, 333, 298, 301, 251],
  top: [251, 284, 332, 297, 338, 10, 109, 67, 103, 54, 21],
};
const LIDS = [
  [33, 247, 30, 29, 27, 28, 56, 190, 133, 173, 157, 158, 159, 160, 161, 246],
  [263, 467, 260, 259, 257, 258, 286, 414, 362, 398, 384, 385, 386, 387, 388, 466],
  [33, 7, 163, 144, 145, 153, 154, 155, 133, 243, 112, 26, 22, 23, 24, 110, 25, 130],
  [263, 249, 390, 373, 374, 380, 381, 382, 362, 463, 341, 256, 252, 253, 254, 339, 255, 359],
];

/** Paints a portrait: soft shapes between landmarks. */
export async function madeUp(
  { width, height, data }: RgbImage,
  landmarks: Float32Array,
  { brows, beard, moustache, fringe, bareEyes, glasses, hair }: MakeUp,
  skin: readonly number[],
): Promise<RgbImage> {
  const at = (index: number): string => {
    const { x, y } = landmarkAt(landmarks, index);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  };
  const brow = landmarkAt(landmarks, 9);
  const beyond = (index: number): string => {
    const { x, y } = landmarkAt(landmarks, index);
    return `${(brow.x + 1.35 * (x - brow.x)).toFixed(1)},${(brow.y + 1.9 * (y - brow.y)).toFixed(1)}`;
  };
  const unit = Math.abs(landmarkAt(landmarks, 263).x - landmarkAt(landmarks, 33).x) / 90;
  const colour = (rgb: readonly number[]): string => `rgb(${rgb.map(Math.round).join()})`;
  const area = (indices: readonly number[], fill: string, opacity: number, blur: number): string =>
    opacity > 0
      ? `<polygon points="${indices.map(at).join(' ')}" fill="${fill}" fill-opacity="${opacity.toFixed(3)}" filter="url(#soft${blur})"/>`
      : '';
  const line = (indices: readonly number[]): string =>
    `<polyline points="${indices.map(at).join(' ')}" fill="none" stroke="${colour(hair)}" stroke-opacity="0.85" stroke-linecap="round" stroke-linejoin="round" stroke-width="${(7 * brows * unit).toFixed(2)}" filter="url(#soft1)"/>`;
  const lens = (outer: number, inner: number): string => {
    const [a, b] = [landmarkAt(landmarks, outer), landmarkAt(landmarks, inner)];
    const [rx, ry] = [0.78 * Math.abs(a.x - b.x), 0.62 * Math.abs(a.x - b.x)];
    const fixed = (...values: number[]): string[] => values.map((value) => value.toFixed(1));
    const [cx, cy, wide, high] = fixed((a.x + b.x) / 2, (a.y + b.y) / 2 + 0.1 * ry, rx, ry);
    return `<ellipse cx="${cx}" cy="${cy}" rx="${wide}" ry="${high}" fill="rgb(40,44,48)" fill-opacity="0.07" stroke="rgb(35,32,30)" stroke-opacity="${glasses.toFixed(2)}" stroke-width="${(4 * unit).toFixed(2)}"/>`;
  };
  const bridge = `<polyline points="${at(133)} ${at(168)} ${at(362)}" fill="none" stroke="rgb(35,32,30)" stroke-opacity="${glasses.toFixed(2)}" stroke-width="${(3 * unit).toFixed(2)}"/>`;
  const soft = [1, 2, 4].map(
    (blur) =>
      `<filter id="soft${blur}"><feGaussianBlur stdDeviation="${(0.8 * blur * unit).toFixed(2)}"/></filter>`,
  );
  const overlay = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs>${soft.join('')}</defs>
    ${LIDS.map((lid) => area(lid, colour(skin), 0.8 * bareEyes, 1)).join('')}
    ${area(JAW, colour(hair), 0.75 * beard, 4)}${area(MOUSTACHE, colour(hair), 0.85 * moustache, 2)}
    ${fringe > 0 ? `<polygon points="${[...FRINGE.edge.map(at), ...FRINGE.top.map(beyond)].join(' ')}" fill="${colour(hair)}" fill-opacity="${fringe.toFixed(3)}" filter="url(#soft2)"/>` : ''}${brows > 0 ? BROWS.map(line).join('') : ''}${glasses > 0 ? lens(33, 133) + lens(263, 362) + bridge : ''}</svg>`;
  const painted = await sharp(data, { raw: { width, height, channels: 3 } })
    .composite([{ input: Buffer.from(overlay) }])
    .removeAlpha()
    .raw()
    .toBuffer();
  return { width, height, data: painted };
}
