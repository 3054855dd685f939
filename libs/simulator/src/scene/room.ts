import { type Random } from '../random.js';
import { type Mesh } from '../render/mesh.js';
import { drawnTexture } from '../render/texture.js';

const WIDTH = 960;
const HEIGHT = 720;

/** A wall with things on it, behind the subject. */
export interface Room {
  readonly wall: Mesh;
}

/**
 * Draws a room by chance: a wall 1.2 to 2 m from the camera, wide enough to fill every frame.
 */
export async function createRoom(random: Random): Promise<Room> {
  const distance = random.between(1200, 2000);
  const texture = await drawnTexture(Buffer.from(drawing(random)), WIDTH, HEIGHT);
  return { wall: plane(distance, texture) };
}

/** Fine enough that light which falls off towards the edges does so on the wall too. */
const [COLUMNS, ROWS] = [12, 9];

function plane(distance: number, texture: Mesh['texture']): Mesh {
  const positions: number[] = [];
  const uv: number[] = [];
  const triangles: number[] = [];
  for (let row = 0; row <= ROWS; row++) {
    for (let column = 0; column <= COLUMNS; column++) {
      const [across, down] = [column / COLUMNS, row / ROWS];
      positions.push(1.9 * distance * (across - 0.5), 1.44 * distance * (down - 0.5), distance);
      uv.push(across * WIDTH, down * HEIGHT);
      if (row === ROWS || column === COLUMNS) continue;
      const corner = row * (COLUMNS + 1) + column;
      const below = corner + COLUMNS + 1;
      triangles.push(corner, corner + 1, below + 1, corner, below + 1, below);
    }
  }
  return {
    positions: Float32Array.from(positions),
    uv: Float32Array.from(uv),
    triangles: Uint16Array.from(triangles),
    texture,
  };
}

function drawing(random: Random): string {
  const shade = (low: number, high: number): string => {
    const base = random.between(low, high);
    const channel = (): number => Math.round(Math.min(255, Math.max(0, base + random.between(-22, 22))));
    return `rgb(${channel()},${channel()},${channel()})`;
  };
  const box = (fill: string, x: number, y: number, w: number, h: number, extra = ''): string =>
    `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${w.toFixed(1)}" height="${h.toFixed(1)}" fill="${fill}" ${extra}/>`;
  const things: string[] = [];
  const wall = shade(135, 215);
  for (let i = 0; i < 5; i++) {
    const [w, h] = [random.between(70, 190), random.between(60, 170)];
    const [x, y] = [random.between(0, WIDTH - w), random.between(60, 380)];
    things.push(box(shade(60, 230), x, y, w, h, 'stroke="rgb(70,58,46)" stroke-width="7"'));
    for (let k = 0; k < 6; k++)
      things.push(
        `<circle cx="${(x + random.between(0.2, 0.8) * w).toFixed(1)}" cy="${(y + random.between(0.2, 0.8) * h).toFixed(1)}" r="${random.between(4, 0.2 * h).toFixed(1)}" fill="${shade(30, 240)}" fill-opacity="0.8"/>`,
      );
  }
  const shelf = random.between(400, 470);
  things.push(box('rgb(112,84,58)', 0, shelf, WIDTH, 12));
  for (let x = 0; x < WIDTH; x += random.between(14, 34)) {
    const h = random.between(50, 110);
    if (random.between(0, 1) < 0.75)
      things.push(box(shade(40, 210), x, shelf - h, random.between(10, 24), h));
  }
  things.push(box(shade(70, 130), 0, 560, WIDTH, 160));
  for (let x = 0; x < WIDTH; x += 48) things.push(box('rgba(0,0,0,0.12)', x, 560, 3, 160));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">
    <defs><linearGradient id="light" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="white" stop-opacity="0.25"/>
    <stop offset="1" stop-color="black" stop-opacity="0.25"/></linearGradient></defs>
    <rect width="100%" height="100%" fill="${wall}"/>${things.join('')}
    <rect width="100%" height="100%" fill="url(#light)"/></svg>`;
}
