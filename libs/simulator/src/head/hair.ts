import { type Point2, type RgbImage } from '#biometrics';

/** A ray from the outline of the face to the silhouette of the head, in pixels of the portrait. */
export interface Ray {
  readonly from: Point2;
  readonly to: Point2;
  /** Fraction of the ray that shows head in the portrait. */
  readonly extent: number;
  /** 1: hair grows there; 0: ear, jaw and neck. */
  readonly hairy: number;
}

export type Colour = readonly [number, number, number];

/** The portrait on a larger canvas on which the whole head can be seen, and where its corner came to lie. */
export interface Canvas {
  readonly picture: RgbImage;
  readonly offset: Point2;
}

/**
 * Continues hair and skin over what the portrait does not show of the head: the backdrop beside it and what the frame cut off.
 * @param rays all around the face, in one direction.
 */
export function paintHead(
  portrait: RgbImage,
  centre: Point2,
  rays: readonly Ray[],
  hair: Colour,
  skin: Colour,
): Canvas {
  const xs = rays.map(({ to }) => to.x);
  const ys = rays.map(({ to }) => to.y);
  const left = Math.floor(Math.min(0, ...xs)) - 2;
  const top = Math.floor(Math.min(0, ...ys)) - 2;
  const width = Math.ceil(Math.max(portrait.width, ...xs)) + 2 - left;
  const height = Math.ceil(Math.max(portrait.height, ...ys)) + 2 - top;
  const data = new Uint8Array(width * height * 3);
  const polar = polarRays(centre, rays);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const px = Math.min(portrait.width - 1, Math.max(0, x + left));
      const py = Math.min(portrait.height - 1, Math.max(0, y + top));
      const from = 3 * (py * portrait.width + px);
      const dx = x + left - centre.x;
      const dy = y + top - centre.y;
      const angle = Math.atan2(dy, dx);
      const radius = Math.hypot(dx, dy);
      const { near, far, extent, hairy } = at(polar, angle);
      const f = (radius - near) / Math.max(1, far - near);
      const fill = f <= 0 ? 0 : rise(f, extent - 0.12, extent + 0.04);
      const strand = strands(angle, radius / Math.max(1, far));
      for (let c = 0; c < 3; c++) {
        const painted = hairy * strand * (hair[c] ?? 0) + (1 - hairy) * 0.8 * (skin[c] ?? 0);
        data[3 * (y * width + x) + c] = Math.min(
          255,
          (1 - fill) * (portrait.data[from + c] as number) + fill * painted,
        );
      }
    }
  }
  return { picture: { width, height, data }, offset: { x: -left, y: -top } };
}

interface PolarRay {
  readonly angle: number;
  readonly near: number;
  readonly far: number;
  readonly extent: number;
  readonly hairy: number;
}

function polarRays(centre: Point2, rays: readonly Ray[]): PolarRay[] {
  const all = rays
    .map(({ from, to, extent, hairy }) => ({
      angle: Math.atan2(from.y - centre.y, from.x - centre.x),
      near: Math.hypot(from.x - centre.x, from.y - centre.y),
      far: Math.hypot(to.x - centre.x, to.y - centre.y),
      extent,
      hairy,
    }))
    .sort((a, b) => a.angle - b.angle);
  const [first, last] = [all[0], all.at(-1)];
  if (!first || !last) throw new RangeError('a head has an outline');
  const turn = 2 * Math.PI;
  return [{ ...last, angle: last.angle - turn }, ...all, { ...first, angle: first.angle + turn }];
}

function at(rays: readonly PolarRay[], angle: number): PolarRay {
  let i = 1;
  while (i < rays.length - 1 && (rays[i] as PolarRay).angle < angle) i++;
  const a = rays[i - 1] as PolarRay;
  const b = rays[i] as PolarRay;
  const t = b.angle > a.angle ? (angle - a.angle) / (b.angle - a.angle) : 0;
  const mix = (key: keyof PolarRay): number => a[key] + (b[key] - a[key]) * t;
  return { angle, near: mix('near'), far: mix('far'), extent: mix('extent'), hairy: mix('hairy') };
}

/** Light and dark streaks that run outwards, a little wavy. */
function strands(angle: number, radius: number): number {
  const wave = angle + 0.03 * Math.sin(9 * radius);
  const lock = 0.07 * Math.sin(47 * wave) + 0.06 * Math.sin(131 * wave + 4 * radius);
  return 0.94 + lock + 0.06 * Math.sin(397 * wave + 3 * radius) + 0.04 * Math.sin(811 * wave);
}

function rise(value: number, low: number, high: number): number {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return t * t * (3 - 2 * t);
}
