import { real, solvePositiveDefinite } from '../../mesh/linear.js';

const CAMERA = 6;
const POINT = 3;
/** Keeps directions that nothing determines (place and turn of the whole scene) where they are. */
const ANCHOR = 1e-6;

/** The distance of the first camera is held: it sets the scale, and a prior on depth would shrink a scene without one. */
const HELD = 5;
const HOLD = 1e15;

/** Changes of the unknowns: 6 per camera (turn, shift), 3 per point. */
export interface BundleStep {
  readonly cameras: Float64Array;
  readonly shape: Float64Array;
}

/** The normal equations of a bundle, solved by their Schur complement: points couple to cameras only. */
export class NormalEquations {
  /** 6 × 6 per camera. */
  private readonly u: Float64Array;
  /** 3 × 3 per point. */
  private readonly v: Float64Array;
  /** Cameras × points: one row per unknown of a camera, so that rows meet in plain dot products. */
  private readonly w: Float64Array;
  private readonly scaled: Float64Array;
  private readonly cameraGradient: Float64Array;
  private readonly pointGradient: Float64Array;
  private readonly rows: number;
  private readonly columns: number;

  constructor(cameras: number, points: number) {
    this.rows = cameras * CAMERA;
    this.columns = points * POINT;
    this.u = new Float64Array(this.rows * CAMERA);
    this.v = new Float64Array(this.columns * POINT);
    this.w = new Float64Array(this.rows * this.columns);
    this.scaled = new Float64Array(this.rows * this.columns);
    this.cameraGradient = new Float64Array(this.rows);
    this.pointGradient = new Float64Array(this.columns);
  }

  reset(): void {
    for (const block of [this.u, this.v, this.w, this.cameraGradient, this.pointGradient]) block.fill(0);
  }

  /** Adds one residual with its derivatives by a camera (6) and a point (3). */
  add(f: number, i: number, camera: Float64Array, point: Float64Array, residual: number): void {
    const { u, v, w, cameraGradient, pointGradient } = this;
    for (let a = 0; a < CAMERA; a++) {
      const value = real(camera, a);
      const row = f * CAMERA + a;
      for (let b = 0; b <= a; b++) increase(u, row * CAMERA + b, value * real(camera, b));
      for (let b = 0; b < POINT; b++) increase(w, row * this.columns + i * POINT + b, value * real(point, b));
      increase(cameraGradient, row, value * residual);
    }
    for (let a = 0; a < POINT; a++) {
      const value = real(point, a);
      const row = i * POINT + a;
      for (let b = 0; b < POINT; b++) increase(v, row * POINT + b, value * real(point, b));
      increase(pointGradient, row, value * residual);
    }
  }

  /** Adds `weight`·z² for a point at depth z. */
  addDepthPrior(i: number, weight: number, z: number): void {
    increase(this.v, i * POINT * POINT + 8, weight);
    increase(this.pointGradient, i * POINT + 2, weight * z);
  }

  /** The damped Gauss–Newton step, or `null` when the damping is too small for these equations. */
  solve(damping: number): BundleStep | null {
    const inverses = this.invertPoints(damping);
    this.scale(inverses);
    const { rows, columns, w, scaled, u, pointGradient } = this;
    const schur = new Float64Array(rows * rows);
    const cameras = new Float64Array(rows);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column <= row; column++)
        schur[row * rows + column] = -dot(scaled, row * columns, w, column * columns, columns);
      const a = row % CAMERA;
      for (let b = 0; b < a; b++) increase(schur, row * rows + row - a + b, real(u, row * CAMERA + b));
      increase(
        schur,
        row * rows + row,
        real(u, row * CAMERA + a) * (1 + damping) + (row === HELD ? HOLD : ANCHOR),
      );
      cameras[row] = dot(scaled, row * columns, pointGradient, 0, columns) - real(this.cameraGradient, row);
    }
    if (!solvePositiveDefinite(schur, cameras)) return null;
    return { cameras, shape: this.backSubstitute(cameras, inverses) };
  }

  private invertPoints(damping: number): Float64Array {
    const inverses = new Float64Array(this.v.length);
    for (let from = 0; from < inverses.length; from += POINT * POINT) invert(this.v, from, damping, inverses);
    return inverses;
  }

  /** W · V⁻¹. */
  private scale(inverses: Float64Array): void {
    const { w, scaled, rows, columns } = this;
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column += POINT) {
        const at = row * columns + column;
        for (let b = 0; b < POINT; b++)
          scaled[at + b] =
            real(w, at) * real(inverses, column * POINT + b) +
            real(w, at + 1) * real(inverses, column * POINT + POINT + b) +
            real(w, at + 2) * real(inverses, column * POINT + 2 * POINT + b);
      }
  }

  private backSubstitute(cameras: Float64Array, inverses: Float64Array): Float64Array {
    const { w, rows, columns } = this;
    const right = this.pointGradient.map((value) => -value);
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        increase(right, column, -real(w, row * columns + column) * real(cameras, row));
    return right.map((_, k) => dot(inverses, k * POINT, right, k - (k % POINT), POINT));
  }
}

function dot(a: Float64Array, aFrom: number, b: Float64Array, bFrom: number, length: number): number {
  let sum = 0;
  for (let k = 0; k < length; k++) sum += real(a, aFrom + k) * real(b, bFrom + k);
  return sum;
}

function increase(list: Float64Array, index: number, by: number): void {
  list[index] = real(list, index) + by;
}

/** Inverse of a damped symmetric 3 × 3 block, by cofactors. */
function invert(blocks: Float64Array, from: number, damping: number, into: Float64Array): void {
  const a = real(blocks, from) * (1 + damping) + ANCHOR;
  const d = real(blocks, from + 4) * (1 + damping) + ANCHOR;
  const f = real(blocks, from + 8) * (1 + damping) + ANCHOR;
  const b = real(blocks, from + 1);
  const c = real(blocks, from + 2);
  const e = real(blocks, from + 5);
  const scale = 1 / (a * (d * f - e * e) + b * (c * e - b * f) + c * (b * e - c * d));
  into[from] = scale * (d * f - e * e);
  into[from + 1] = into[from + 3] = scale * (c * e - b * f);
  into[from + 2] = into[from + 6] = scale * (b * e - c * d);
  into[from + 4] = scale * (a * f - c * c);
  into[from + 5] = into[from + 7] = scale * (b * c - a * e);
  into[from + 8] = scale * (a * d - b * b);
}
