import { type Point2, type RgbImage } from '#biometrics';
import { type Colour } from './hair.js';

const CLUSTERS = 6;
const ROUNDS = 8;
/** A pixel this close to a colour of the backdrop may belong to it: distance in RGB. */
const NEAR = 34;
const STEPS = 48;
/** Never less, so that the face is not cut off at its outline. */
const LEAST = 0.12;
const COLLAR = 0.2;
/** Where too little hair is seen to know its colour. */
const BROWN: Colour = [62, 48, 40];
const ENOUGH = 12;

/** What a portrait shows of a head beyond the face. */
export interface HeadView {
  /** Per ray the fraction of it that shows head: 0.12 … 1, smoothed over neighbours. */
  readonly extent: readonly number[];
  readonly hair: Colour;
}

/**
 * Looks where the head ends in the portrait, along rays from the face's outline: where the colours of the backdrop (those at
 * the sides of the picture) begin, or the picture ends. What lies between and is neither skin nor backdrop is hair.
 * @param face points on the face.
 * @param rays per ray the start on the outline, the end at the assumed silhouette, and whether hair grows there.
 */
export function viewHead(
  portrait: RgbImage,
  face: readonly Point2[],
  rays: readonly { readonly from: Point2; readonly to: Point2; readonly hairy: number }[],
): HeadView {
  const inner = clusters(face.map((point) => colourAt(portrait, point)));
  const backdrop = clusters(sides(portrait, Math.max(...face.map(({ y }) => y))));
  const hair: Colour[] = [];
  // No hair is blue: that is backdrop the sides of the picture do not show.
  const isHair = (colour: Colour): boolean =>
    colour[0] >= colour[2] - 8 && nearest(inner, colour) > NEAR && nearest(backdrop, colour) > NEAR;
  const raw = rays.map(({ from, to, hairy }) => {
    const colours: Colour[] = [];
    let misses = 0;
    for (let step = 1; step <= STEPS && misses < 3; step++) {
      const f = step / STEPS;
      const point = { x: from.x + (to.x - from.x) * f, y: from.y + (to.y - from.y) * f };
      if (!inside(portrait, point)) break;
      const colour = colourAt(portrait, point);
      colours.push(colour);
      const [away, skin] = [nearest(backdrop, colour), nearest(inner, colour)];
      misses = away < NEAR && away < skin ? misses + 1 : 0;
    }
    const head = colours.length - misses;
    // The last pixels before the backdrop are a mixture of both.
    const pure = colours.slice(0, Math.floor(0.8 * head));
    if (hairy > 0.5) hair.push(...pure.filter(isHair));
    // Below the ears what looks like head may be a collar.
    return Math.max(LEAST, Math.min(head / STEPS, hairy < 0.3 ? COLLAR : 1));
  });
  const around = (i: number): number => raw[(i + raw.length) % raw.length] ?? 1;
  return {
    extent: raw.map((value, i) => Math.min(value, (around(i - 1) + 2 * value + around(i + 1)) / 4)),
    hair: hair.length < ENOUGH ? BROWN : median(hair),
  };
}

function median(colours: readonly Colour[]): Colour {
  const middle = (c: 0 | 1 | 2): number =>
    colours.map((colour) => colour[c]).sort((a, b) => a - b)[colours.length >> 1] ?? 0;
  return [middle(0), middle(1), middle(2)];
}

function inside({ width, height }: RgbImage, { x, y }: Point2): boolean {
  return x >= 1 && y >= 1 && x < width - 2 && y < height - 2;
}

function colourAt({ width, height, data }: RgbImage, { x, y }: Point2): Colour {
  const px = Math.min(width - 1, Math.max(0, Math.round(x)));
  const py = Math.min(height - 1, Math.max(0, Math.round(y)));
  const at = 3 * (py * width + px);
  return [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
}

/** Pixels of both side edges, above the chin, below which shoulders may reach them. */
function sides(portrait: RgbImage, chinY: number): Colour[] {
  const colours: Colour[] = [];
  const bottom = Math.min(portrait.height, chinY * 0.75);
  for (let y = 0; y < bottom; y += 2) {
    for (const share of [0.005, 0.02, 0.04]) {
      colours.push(colourAt(portrait, { x: share * portrait.width, y }));
      colours.push(colourAt(portrait, { x: (1 - share) * portrait.width, y }));
    }
  }
  return colours;
}

/** Lloyd's k-means from evenly spaced samples: few colours, so a few rounds suffice. */
function clusters(samples: readonly Colour[]): Colour[] {
  let centres = Array.from(
    { length: CLUSTERS },
    (_, k): Colour => samples[Math.floor(((k + 0.5) * samples.length) / CLUSTERS)] ?? [0, 0, 0],
  );
  for (let round = 0; round < ROUNDS; round++) {
    const sums = centres.map(() => [0, 0, 0, 0] as [number, number, number, number]);
    for (const colour of samples) {
      const k = centres.reduce(
        (best, c, i) => (distance(c, colour) < distance(centres[best] ?? c, colour) ? i : best),
        0,
      );
      const sum = sums[k];
      if (!sum) continue;
      colour.forEach((v, channel) => (sum[channel] = (sum[channel] ?? 0) + v));
      sum[3]++;
    }
    centres = sums.map(([r, g, b, n], k) => (n ? [r / n, g / n, b / n] : (centres[k] ?? [0, 0, 0])));
  }
  return centres;
}

function nearest(centres: readonly Colour[], colour: Colour): number {
  return Math.min(...centres.map((centre) => distance(centre, colour)));
}

function distance(a: Colour, b: Colour): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}
