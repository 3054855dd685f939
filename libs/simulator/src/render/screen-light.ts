import { vertexNormals } from './mesh.js';

/** A screen around the camera, facing where the camera looks. */
export interface ScreenLamp {
  readonly widthMm: number;
  readonly heightMm: number;
  /** Luminance of its white: cd/m². */
  readonly nits: number;
  /** How far below the camera its middle lies: mm. */
  readonly belowMm: number;
}

const [COLUMNS, ROWS] = [3, 2];

/**
 * Illuminance by a white screen at each vertex, in lux: the screen's patches are small Lambertian lamps,
 * E = Σ L · cos θ(screen) · cos θ(surface) · dA / d². Nothing casts shadows.
 * @param positions in the camera's frame: mm.
 */
export function screenIlluminance(
  positions: Float32Array,
  triangles: Uint16Array,
  { widthMm, heightMm, nits, belowMm }: ScreenLamp,
): Float32Array {
  const normals = vertexNormals(positions, triangles);
  const patches = Array.from({ length: COLUMNS * ROWS }, (_, i): readonly [x: number, y: number] => [
    widthMm * (((i % COLUMNS) + 0.5) / COLUMNS - 0.5),
    belowMm + heightMm * ((Math.floor(i / COLUMNS) + 0.5) / ROWS - 0.5),
  ]);
  const area = (widthMm * heightMm) / patches.length;
  const lux = new Float32Array(positions.length / 3);
  for (let i = 0; i < lux.length; i++) {
    const [x, y, z] = positions.subarray(3 * i, 3 * i + 3) as unknown as [number, number, number];
    const [nx, ny, nz] = normals.subarray(3 * i, 3 * i + 3) as unknown as [number, number, number];
    let sum = 0;
    for (const [px, py] of patches) {
      const [dx, dy] = [px - x, py - y];
      const square = dx * dx + dy * dy + z * z;
      const towards = dx * nx + dy * ny - z * nz;
      if (z > 0 && towards > 0) sum += (z * towards) / (square * square);
    }
    lux[i] = nits * area * sum;
  }
  return lux;
}
