#!/usr/bin/env node
/**
 * Makes the project's canonical face: the Procrustes mean of what the landmark network sees in redistributable portraits
 * (the computer-made sample portrait and warps of it), symmetrised, facing the camera, with the eyes 63 mm apart.
 *
 *   npm run build && node models/scripts/canonical-face.mjs [--compare FOLDER] [--models FOLDER]
 *
 * Writes two data files of libs/biometrics. `--compare` only prints how far other portraits' faces lie from the result.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const root = join(import.meta.dirname, '..', '..');
const lib = (name) => import(join(root, 'dist', 'libs', name, 'src', 'index.js'));
const { values: options } = parseArgs({
  options: {
    compare: { type: 'string' },
    models: { type: 'string', default: join(root, '.data', 'models') },
  },
});

const INTER_PUPILLARY_MM = 63;
const STRIDE = 3;
/** One shared neighbour speaks as much for a pair as this distance speaks against it. */
const NEIGHBOUR_MM = 3;
/** Coincides with its neighbour below the nostril. */
const NOSTRIL_PAIR = [59, 289];
/** Centre, outer, upper, inner and lower point of each iris. */
const IRIS_PAIRS = [
  [468, 473],
  [469, 476],
  [470, 475],
  [471, 474],
  [472, 477],
];

const { fitRotation, LANDMARK_COUNT, meanShape, RIGID_POINTS, rotatePoint } = await lib('biometrics');
const { Extractor, InferenceEngine } = await lib('inference');
const { decodeFrame } = await lib('pictures');
const { jawWarp, samplePortrait } = await lib('simulator');

const engine = await InferenceEngine.start({ modelsDir: options.models, backend: 'wasm' });
const extractor = new Extractor(engine.networks);

const sample = await samplePortrait();
const inputs = [sample, await jawWarp(sample, 'widened'), await jawWarp(sample, 'narrowed')];
const faces = [];
for (const bytes of inputs) faces.push(await seen(bytes));
if (faces.includes(null)) throw new Error('the network found no face in one of the inputs');

const open = orient(tessellation(), pointsOf(faces[0]));
const pairs = mirrorPairs(open, level(toMillimetres(pointsOf(faces[0]))));
const shape = level(toMillimetres(symmetric(faces, pairs)));
const triangles = closed(open, shape);
report(shape, triangles);
await write(shape, triangles, pairs);
if (options.compare) await compare(shape, options.compare);
engine.dispose();

async function seen(bytes) {
  if (!(await decodeFrame(bytes))) return null;
  const { frames } = await extractor.extract([bytes]);
  return frames[0]?.landmarks ?? null;
}

function symmetric(shapes, mirrored) {
  const mean = meanShape(shapes, mirrored);
  const points = [];
  for (const { index, position } of mean) points[index] = position;
  return points;
}

/**
 * Pairs landmarks with their mirror images, from irises and nostrils outwards: the next pair is the one with the most neighbours
 * already paired and the least distance. (Not all diagonals are symmetric, so neighbours alone do not decide.)
 */
function mirrorPairs(list, points) {
  const neighbours = Array.from({ length: LANDMARK_COUNT }, () => new Set());
  for (const t of list) t.forEach((a) => t.forEach((b) => a !== b && neighbours[a].add(b)));
  const all = points.map((_, i) => i);
  const misfit = (a, b) =>
    Math.hypot(points[a][0] + points[b][0], points[a][1] - points[b][1], points[a][2] - points[b][2]);
  const mirrorOf = new Map(
    [NOSTRIL_PAIR, ...IRIS_PAIRS].flatMap(([a, b]) => [
      [a, b],
      [b, a],
    ]),
  );
  const votes = (a, b) => [...neighbours[a]].filter((n) => neighbours[b].has(mirrorOf.get(n))).length;
  while (mirrorOf.size < LANDMARK_COUNT) {
    const rest = all.filter((a) => !mirrorOf.has(a));
    const [best] = rest
      .flatMap((a) => rest.map((b) => ({ a, b, score: votes(a, b) - misfit(a, b) / NEIGHBOUR_MM })))
      .sort((p, q) => q.score - p.score);
    mirrorOf.set(best.a, best.b).set(best.b, best.a);
  }
  return [...mirrorOf].filter(([a, b]) => a <= b).sort(([a], [b]) => a - b);
}

function pointsOf(face) {
  return Array.from({ length: LANDMARK_COUNT }, (_, i) => [
    ...face.subarray(STRIDE * i, STRIDE * i + STRIDE),
  ]);
}

/** Eye centres 63 mm apart, midpoint between them at the origin. */
function toMillimetres(points) {
  const middle = (a, b) => a.map((value, axis) => (value + b[axis]) / 2);
  const right = middle(points[33], points[133]);
  const left = middle(points[362], points[263]);
  const origin = middle(right, left);
  const scale = INTER_PUPILLARY_MM / Math.hypot(...left.map((value, axis) => value - right[axis]));
  return points.map((point) => point.map((value, axis) => (value - origin[axis]) * scale));
}

/** Turned so that the pose measure reads 0, 0, 0. */
function level(points) {
  const rotation = fitRotation(
    RIGID_POINTS.map(({ index }) => points[index]),
    RIGID_POINTS.map(({ position }) => position),
  );
  return points.map((point) => [...rotatePoint(rotation, point)]);
}

/** face-landmarks-detection lists the edges of its tessellation triangle by triangle. */
function tessellation() {
  const require = createRequire(import.meta.url);
  const {
    MEDIAPIPE_FACE_MESH_CONNECTED_KEYPOINTS_PAIRS: edges,
  } = require('@tensorflow-models/face-landmarks-detection/dist/constants.js');
  const found = [];
  for (let i = 0; i + 2 < edges.length; i += 3) {
    const [[a, b], [c, d], [e, f]] = edges.slice(i, i + 3);
    if (b !== c || d !== e || f !== a) throw new Error('the tessellation is not listed triangle by triangle');
    found.push([a, b, d]);
  }
  return found;
}

/** Closes eyes and mouth by a fan over each inner boundary. */
function closed(wound, points) {
  const fans = boundaries(wound)
    .sort((a, b) => b.length - a.length)
    .slice(1)
    .flatMap((loop) => {
      // The outermost point of a loop sees all others of these flat, nearly convex openings.
      const start = loop.indexOf(
        loop.reduce((m, i) => (Math.abs(points[i][0]) > Math.abs(points[m][0]) ? i : m)),
      );
      const ring = [...loop.slice(start), ...loop.slice(0, start)];
      return ring.slice(1, -1).map((b, i) => [ring[0], ring[i + 2], b]);
    });
  return [...wound, ...fans];
}

/** Winds all clockwise as the camera sees them (y down): neighbours share an edge in opposite directions, the majority faces the camera. */
function orient(list, points) {
  const signed = ([a, b, c]) =>
    (points[b][0] - points[a][0]) * (points[c][1] - points[a][1]) -
    (points[b][1] - points[a][1]) * (points[c][0] - points[a][0]);
  const byEdge = new Map();
  list.forEach((t, i) =>
    [0, 1, 2].forEach((k) => {
      const key = [t[k], t[(k + 1) % 3]].sort((a, b) => a - b).join();
      byEdge.set(key, [...(byEdge.get(key) ?? []), i]);
    }),
  );
  const done = new Map([[0, list[0]]]);
  const queue = [0];
  while (queue.length) {
    const i = queue.shift();
    const t = done.get(i);
    for (let k = 0; k < 3; k++) {
      const [a, b] = [t[k], t[(k + 1) % 3]];
      for (const j of byEdge.get([a, b].sort((x, y) => x - y).join())) {
        if (done.has(j)) continue;
        const same = [0, 1, 2].some((m) => list[j][m] === a && list[j][(m + 1) % 3] === b);
        done.set(j, same ? [list[j][0], list[j][2], list[j][1]] : list[j]);
        queue.push(j);
      }
    }
  }
  const wound = list.map((_, i) => done.get(i));
  const front = wound.reduce((sum, t) => sum + Math.sign(signed(t)), 0);
  return front < 0 ? wound.map(([a, b, c]) => [a, c, b]) : wound;
}

function boundaries(list) {
  const next = new Map();
  const directed = new Set(list.flatMap(([a, b, c]) => [`${a},${b}`, `${b},${c}`, `${c},${a}`]));
  for (const edge of directed) {
    const [a, b] = edge.split(',').map(Number);
    if (!directed.has(`${b},${a}`)) next.set(a, b);
  }
  const loops = [];
  while (next.size) {
    const loop = [];
    for (let at = next.keys().next().value; next.has(at);) {
      loop.push(at);
      const following = next.get(at);
      next.delete(at);
      at = following;
    }
    loops.push(loop);
  }
  return loops;
}

function report(points, list) {
  const size = (axis) => {
    const values = points.map((point) => point[axis]);
    return (Math.max(...values) - Math.min(...values)).toFixed(1);
  };
  console.log(`${list.length} triangles, width ${size(0)} mm, height ${size(1)} mm, depth ${size(2)} mm`);
}

async function write(points, list, mirrored) {
  const folder = join(root, 'libs', 'biometrics', 'src', 'geometry');
  const made = 'Made by models/scripts/canonical-face.mjs; change that, not this.';
  await writeFile(
    join(folder, 'canonical-face.data.ts'),
    `// ${made}\n// Inputs: the sample portrait of @vladmandic/human ${await version('@vladmandic/human')} (MIT) and its two jaw warps.\n` +
      `export const POSITIONS_MM: readonly number[] = [${points
        .flat()
        .map((v) => Number(v.toFixed(2)) || 0)
        .join(', ')}];\n`,
  );
  await writeFile(
    join(folder, 'canonical-face-topology.data.ts'),
    `// ${made}\n// Tessellation: @tensorflow-models/face-landmarks-detection ${await version('@tensorflow-models/face-landmarks-detection')} (Apache-2.0); the last 46 close eyes and mouth.\n` +
      `export const TRIANGLES: readonly number[] = [${list.flat().join(', ')}];\n\n` +
      `/** Landmark and mirror image, by turns; on the mid-line both are the same. */\n` +
      `export const MIRROR: readonly number[] = [${mirrored.flat().join(', ')}];\n`,
  );
  console.log('written; run prettier on the two files');
}

async function version(name) {
  return JSON.parse(await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8')).version;
}

async function compare(points, folder) {
  for (const file of (await readdir(folder)).filter((name) => /\.(jpe?g|png)$/i.test(name))) {
    const face = await seen(await readFile(join(folder, file)));
    if (!face) {
      console.log(`${file}: no single face`);
      continue;
    }
    const own = level(toMillimetres(pointsOf(face)));
    const offset = [0, 1, 2].map(
      (axis) => own.reduce((sum, p, i) => sum + points[i][axis] - p[axis], 0) / own.length,
    );
    const errors = own.map((p, i) => Math.hypot(...p.map((v, a) => v + offset[a] - points[i][a])));
    const rms = Math.sqrt(errors.reduce((s, e) => s + e * e, 0) / errors.length);
    console.log(`${file}: ${rms.toFixed(1)} mm RMS from the canonical face`);
  }
}
