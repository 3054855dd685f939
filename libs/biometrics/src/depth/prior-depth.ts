import { CANONICAL_IPD_MM, FACE_TRIANGLES } from '../geometry/canonical-face.js';
import { type LandmarkFrame } from '../geometry/landmark-frame.js';
import { LANDMARK_COUNT, LANDMARK_STRIDE } from '../geometry/landmarks.js';
import { pointAt } from '../mesh/align-shape.js';
import { at } from '../mesh/linear.js';
import { type PriorDepthMap } from './depth-map.js';
import { faceBox } from './face-box.js';

const MAX_SIDE = 256;
const MARGIN = 0.04;

/**
 * The depth the landmark network believes in: its 478 points rasterised over the face's triangles with a z-buffer.
 * Millimetres behind the nearest point, with the distance between the eyes assumed to be 63 mm; NaN beside the face. At
 * most 256 values a side.
 * @throws {RangeError} when landmarks are missing, not finite, or outside the frame.
 */
export function priorDepth({ landmarks, width, height }: LandmarkFrame): PriorDepthMap {
  const box = faceBox(landmarks, width, height, MARGIN);
  const scale = Math.min(1, MAX_SIDE / Math.max(box.width, box.height));
  const map = { width: Math.ceil(box.width * scale), height: Math.ceil(box.height * scale) };
  const vertices = new Float64Array(LANDMARK_COUNT * LANDMARK_STRIDE);
  const millimetres = millimetresPerPixel(landmarks);
  for (let i = 0; i < vertices.length; i += LANDMARK_STRIDE) {
    vertices[i] = (at(landmarks, i) - box.left) * scale;
    vertices[i + 1] = (at(landmarks, i + 1) - box.top) * scale;
    vertices[i + 2] = at(landmarks, i + 2) * millimetres;
  }
  const depth = new Float32Array(map.width * map.height).fill(NaN);
  for (let t = 0; t < FACE_TRIANGLES.length; t += 3)
    fillTriangle(
      depth,
      map,
      [0, 1, 2].map((k) => at(FACE_TRIANGLES, t + k) * LANDMARK_STRIDE),
      vertices,
    );
  const nearest = depth.reduce((least, z) => (z < least ? z : least), Infinity);
  return {
    source: 'prior',
    method: 'landmarks',
    unit: 'mm',
    ...map,
    depth: depth.map((z) => z - nearest),
    box,
  };
}

/** The network gives z in the unit of x, so the distance in space of the eye centres sets the scale. */
function millimetresPerPixel(landmarks: Float32Array): number {
  const [a, b, c, d] = [33, 133, 362, 263].map((index) => pointAt(landmarks, index));
  const gap = [0, 1, 2].map((k) => (at(a ?? [], k) + at(b ?? [], k) - at(c ?? [], k) - at(d ?? [], k)) / 2);
  const distance = Math.hypot(...gap);
  if (!(distance > 0)) throw new RangeError('the eyes coincide');
  return CANONICAL_IPD_MM / distance;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Keeps the nearest depth at each pixel centre inside the triangle. */
function fillTriangle(
  depth: Float32Array,
  { width, height }: Size,
  corners: readonly number[],
  vertices: Float64Array,
): void {
  const [a = 0, b = 0, c = 0] = corners;
  const [ax, ay, az] = [at(vertices, a), at(vertices, a + 1), at(vertices, a + 2)];
  const [bx, by, bz] = [at(vertices, b), at(vertices, b + 1), at(vertices, b + 2)];
  const [cx, cy, cz] = [at(vertices, c), at(vertices, c + 1), at(vertices, c + 2)];
  const area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
  if (area === 0) return;
  const left = Math.max(0, Math.floor(Math.min(ax, bx, cx)));
  const right = Math.min(width - 1, Math.ceil(Math.max(ax, bx, cx)));
  const top = Math.max(0, Math.floor(Math.min(ay, by, cy)));
  const bottom = Math.min(height - 1, Math.ceil(Math.max(ay, by, cy)));
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const x = column + 0.5;
      const y = row + 0.5;
      const wb = ((x - ax) * (cy - ay) - (y - ay) * (cx - ax)) / area;
      const wc = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / area;
      if (wb < 0 || wc < 0 || wb + wc > 1) continue;
      const z = az + wb * (bz - az) + wc * (cz - az);
      const pixel = row * width + column;
      if (!(at(depth, pixel) <= z)) depth[pixel] = z;
    }
  }
}
