import { FACE_TRIANGLES, LANDMARK_COUNT, type RgbImage, SKIN_TRIANGLE_COUNT } from '#biometrics';
import { type Mesh } from '../render/mesh.js';
import { textureOf } from '../render/texture.js';
import { type FaceShape } from './face-shape.js';
import { EYES, FACE_OVAL, INNER_LIPS } from './landmark-groups.js';
import { type Canvas, type Colour, paintHead } from './hair.js';
import { viewHead } from './silhouette.js';

const SECTORS = FACE_OVAL.length;
const FRONT_RINGS = 6;
const BACK_RINGS = 6;
const RINGS = FRONT_RINGS + BACK_RINGS;

/** Half width, height above the eyes and depth of the widest section of a head, and how far back it reaches: millimetres. */
const SKULL = { halfWidth: 82, crown: 126, section: 84, back: 176, poleY: -20 };

/** How far eyeballs, teeth and throat lie behind lids and lips: millimetres. */
const BEHIND = { eye: 1.2, teeth: 3, throat: 9 };

/** A vertex that follows another one, shifted; `still`: whatever the face does, as eyeballs and upper teeth. */
export interface Copy {
  readonly vertex: number;
  readonly of: number;
  readonly shift: readonly [number, number, number];
  readonly still: boolean;
}

/** A closed head: vertices 0 … 477 are the landmarks, then eyes, teeth, throat and the shell of the skull. */
export interface HeadMesh extends Mesh {
  readonly copies: readonly Copy[];
  /** Shell vertices: which landmark of the outline they continue, and how little they follow its motions (0 … 1). */
  readonly shell: readonly { readonly vertex: number; readonly of: number; readonly slack: number }[];
}

/** Builds the head around a face: the portrait as texture, hair and ears continued smoothly to the back. */
export function headMesh(
  face: FaceShape,
  portrait: RgbImage,
  skinColour: Colour,
  hairColour?: Colour,
): HeadMesh {
  const builder = new Builder(face);
  const skin = FACE_TRIANGLES.slice(0, 3 * SKIN_TRIANGLE_COUNT);
  const triangles = [...skin];
  for (const { corners, upper, lower } of EYES) {
    const [outer, inner] = corners.map((of) => builder.copy(of, [0, 0, BEHIND.eye], true)) as [
      number,
      number,
    ];
    const lids = [upper, lower].map((arc) => arc.map((of) => builder.copy(of, [0, 0, BEHIND.eye], true)));
    triangles.push(...strip([outer, ...(lids[0] ?? []), inner], [outer, ...(lids[1] ?? []), inner]));
  }
  for (const [back, spread, still] of [
    [BEHIND.teeth, 0, true],
    [BEHIND.throat, 4, false],
  ] as const) {
    const copy =
      (x: number, y: number) =>
      (of: number): number =>
        builder.copy(of, [x * spread, y * spread, back], still);
    const [right, left] = [copy(-1, 0)(INNER_LIPS.corners[0]), copy(1, 0)(INNER_LIPS.corners[1])];
    const upper = [right, ...INNER_LIPS.upper.map(copy(0, -1)), left];
    const lower = [right, ...INNER_LIPS.lower.map(copy(0, 1)), left];
    if (!still) builder.darken([...upper, ...lower]);
    triangles.push(...strip(upper, lower));
  }
  triangles.push(...builder.skull(portrait, skinColour, hairColour));
  return builder.finish(triangles);
}

/** Two chains with common ends, joined by triangles. */
function strip(a: readonly number[], b: readonly number[]): number[] {
  return a
    .slice(1)
    .flatMap((_, i) => [a[i] ?? 0, a[i + 1] ?? 0, b[i + 1] ?? 0, a[i] ?? 0, b[i + 1] ?? 0, b[i] ?? 0]);
}

class Builder {
  private readonly positions: number[];
  private readonly uv: number[];
  private readonly copies: HeadMesh['copies'][number][] = [];
  private readonly shell: HeadMesh['shell'][number][] = [];

  private readonly dark: number[] = [];
  private canvas: Canvas | null = null;

  constructor(private readonly face: FaceShape) {
    this.positions = [...face.positions];
    this.uv = Array.from({ length: LANDMARK_COUNT }, (_, i) => {
      const { x, y } = face.project(...this.at(i));
      return [x, y];
    }).flat();
  }

  copy(of: number, shift: Copy['shift'], still: boolean): number {
    const vertex = this.add(
      this.at(of).map((value, axis) => value + (shift[axis] ?? 0)),
      [this.uv[2 * of] ?? 0, this.uv[2 * of + 1] ?? 0],
    );
    this.copies.push({ vertex, of, shift, still });
    return vertex;
  }

  /** Vertices to point at the dark strip below the picture. */
  darken(vertices: readonly number[]): void {
    this.dark.push(...vertices);
  }

  skull(portrait: RgbImage, skinColour: Colour, hairColour?: Colour): number[] {
    const rays = FACE_OVAL.map((of) => {
      const edge = silhouettePoint(this.at(of));
      const hairy = Math.min(1, Math.max(0, (20 - edge[1]) / 25));
      return { of, edge, hairy, from: this.face.project(...this.at(of)), to: this.face.project(...edge) };
    });
    const inner = Array.from({ length: LANDMARK_COUNT }, (_, i) => this.face.project(...this.at(i)));
    const { extent, hair } = viewHead(portrait, inner, rays);
    const seen = rays.map((ray, i) => ({ ...ray, extent: extent[i] ?? 1 }));
    this.canvas = paintHead(portrait, this.face.project(0, 30, 0), seen, hairColour ?? hair, skinColour);
    const rings: number[][] = [[...FACE_OVAL]];
    for (let ring = 1; ring <= RINGS; ring++) {
      rings.push(
        rays.map(({ of, edge, from, to }) => {
          const angle =
            ring <= FRONT_RINGS
              ? (ring / FRONT_RINGS) * (Math.PI / 2)
              : (1 + (ring - FRONT_RINGS) / (BACK_RINGS + 1)) * (Math.PI / 2);
          const out = Math.sin(angle);
          const front = ring <= FRONT_RINGS;
          // Behind the silhouette the picture runs back the way it came: nobody has seen the back of the head.
          const along = front ? out : 0.5 + 0.5 * out;
          const uv: [number, number] = [from.x + (to.x - from.x) * along, from.y + (to.y - from.y) * along];
          const vertex = this.add(
            front ? between(this.at(of), edge, out, angle) : behind(edge, out, angle),
            uv,
          );
          this.shell.push({ vertex, of, slack: Math.min(1, ring / FRONT_RINGS) });
          return vertex;
        }),
      );
    }
    const last = rays[0];
    const pole = this.add([0, SKULL.poleY, SKULL.back], last ? [last.from.x, last.from.y] : [0, 0]);
    return [
      ...rings.slice(1).flatMap((outer, r) =>
        outer.flatMap((_, i) => {
          const inside = rings[r] ?? [];
          const j = (i + 1) % SECTORS;
          const [a, b, c, d] = [inside[i] ?? 0, outer[i] ?? 0, outer[j] ?? 0, inside[j] ?? 0];
          return [a, b, c, a, c, d];
        }),
      ),
      ...(rings.at(-1) ?? []).flatMap((vertex, i, ring) => [vertex, pole, ring[(i + 1) % SECTORS] ?? 0]),
    ];
  }

  finish(triangles: readonly number[]): HeadMesh {
    if (!this.canvas) throw new Error('a head has a skull');
    const { picture, offset } = this.canvas;
    const uv = Float32Array.from(this.uv, (value, i) => value + (i % 2 ? offset.y : offset.x));
    for (const vertex of this.dark) uv.set([2, picture.height + 2], 2 * vertex);
    return {
      positions: Float32Array.from(this.positions),
      uv,
      triangles: Uint16Array.from(triangles),
      texture: textureOf(withDarkStrip(picture)),
      copies: this.copies,
      shell: this.shell,
    };
  }

  private at(i: number): [number, number, number] {
    return [this.positions[3 * i] ?? NaN, this.positions[3 * i + 1] ?? NaN, this.positions[3 * i + 2] ?? NaN];
  }

  private add(position: readonly number[], uv: readonly number[]): number {
    this.positions.push(...position);
    this.uv.push(...uv);
    return this.positions.length / 3 - 1;
  }
}

type Position = readonly [number, number, number];

/** Where the head's outline lies, seen from the front, beyond a point of the face's: the skull above, the neck below. */
function silhouettePoint([x, y, z]: Position): [number, number, number] {
  const length = Math.max(0.3, Math.hypot(x / SKULL.halfWidth, Math.min(0, y) / SKULL.crown));
  const upper: Position = [x / length, y < 0 ? y / length : y, SKULL.section];
  const lower: Position = [0.8 * x, y + 10, Math.max(z + 45, SKULL.section)];
  const t = Math.min(1, Math.max(0, (y - 15) / 50));
  const share = t * t * (3 - 2 * t);
  const mix = (axis: 0 | 1 | 2): number => upper[axis] + (lower[axis] - upper[axis]) * share;
  return [mix(0), mix(1), mix(2)];
}

function between(from: Position, edge: Position, out: number, angle: number): Position {
  const depth = 1 - Math.cos(angle);
  return [
    from[0] + (edge[0] - from[0]) * out,
    from[1] + (edge[1] - from[1]) * out,
    from[2] + (edge[2] - from[2]) * depth,
  ];
}

function behind(edge: Position, out: number, angle: number): Position {
  return [
    edge[0] * out,
    SKULL.poleY + (edge[1] - SKULL.poleY) * out,
    edge[2] + (SKULL.back - edge[2]) * -Math.cos(angle),
  ];
}

/** A few dark red rows below the picture, for the inside of the mouth. */
function withDarkStrip({ width, height, data }: RgbImage): RgbImage {
  const extended = new Uint8Array((height + 5) * width * 3);
  extended.set(data);
  for (let i = data.length; i < extended.length; i += 3) extended.set([52, 18, 18], i);
  return { width, height: height + 5, data: extended };
}
