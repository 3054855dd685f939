import { type GrayImage } from '../frames.js';
import { type Box, landmarkBox } from '../gray.js';
import { type Corner, TILE } from './spectrum.js';

/** More than these add time and little else. */
const [MOST_ON_FACE, MOST_AROUND] = [4, 6];
/** The landmarks' box widened by this share of its size holds hair and ears. */
const MARGIN = 0.15;

/** Tiles on a face and around the head; none where the picture is too small, or the face narrower than half a tile. */
export function tilesOf(
  image: Pick<GrayImage, 'width' | 'height'>,
  landmarks: Float32Array,
): { readonly face: readonly Corner[]; readonly around: readonly Corner[] } {
  if (image.width < TILE || image.height < TILE) return { face: [], around: [] };
  const head = landmarkBox(landmarks, MARGIN);
  const around = grid({ left: 0, top: 0, width: image.width, height: image.height }).filter(
    ({ left, top }) =>
      left + TILE <= head.left ||
      left >= head.left + head.width ||
      top + TILE <= head.top ||
      top >= head.top + head.height,
  );
  const face = landmarkBox(landmarks, 0);
  const on = face.width < TILE / 2 ? [] : grid(face).map((corner) => within(image, corner));
  return { face: spread(on, MOST_ON_FACE), around: spread(around, MOST_AROUND) };
}

/** As many tiles as fit into a box beside each other, evenly; at least one, in its middle. */
function grid({ left, top, width, height }: Box): Corner[] {
  const [lefts, tops] = [places(left, width), places(top, height)];
  return tops.flatMap((y) => lefts.map((x) => ({ left: x, top: y })));
}

function places(start: number, length: number): number[] {
  const count = Math.max(1, Math.floor(length / TILE));
  const spare = length - TILE;
  return Array.from({ length: count }, (_, i) =>
    Math.round(start + (count === 1 ? spare / 2 : (i * spare) / (count - 1))),
  );
}

function within({ width, height }: Pick<GrayImage, 'width' | 'height'>, { left, top }: Corner): Corner {
  const clamp = (value: number, most: number): number => Math.min(most, Math.max(0, value));
  return { left: clamp(left, width - TILE), top: clamp(top, height - TILE) };
}

function spread<T>(all: readonly T[], most: number): T[] {
  const count = Math.min(most, all.length);
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)] as T);
}
