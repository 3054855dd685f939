import { alignFace, ALIGNED_SIZE, faceAlignment } from './alignment.js';
import {
  interOcularDistance,
  LANDMARK_COUNT,
  LANDMARK_STRIDE,
  landmarkAt,
  type RgbImage,
} from './landmarks.js';
import { meanShape } from './mean-shape.js';
import { estimatePose } from './pose.js';
import { RIGID_POINTS } from './rigid-points.js';
import { fitRotation, type Matrix3, type Point3, rotatePoint } from './rotation.js';
import { applySimilarity, fitSimilarity, invertSimilarity, similarityScale } from './similarity.js';

const degrees = Math.PI / 180;

/** Landmarks of a rigid head turned by R, 100 px per unit, around (320, 240). */
function headTurned(rotation: Matrix3): Float32Array {
  const landmarks = new Float32Array(LANDMARK_COUNT * LANDMARK_STRIDE);
  for (const { index, position } of RIGID_POINTS) {
    const [x, y, z] = rotatePoint(rotation, position);
    landmarks.set([320 + 100 * x, 240 + 100 * y, 100 * z], index * LANDMARK_STRIDE);
  }
  return landmarks;
}

const aboutY = (a: number): Matrix3 => [
  [Math.cos(a), 0, Math.sin(a)],
  [0, 1, 0],
  [-Math.sin(a), 0, Math.cos(a)],
];
const aboutX = (a: number): Matrix3 => [
  [1, 0, 0],
  [0, Math.cos(a), -Math.sin(a)],
  [0, Math.sin(a), Math.cos(a)],
];
const aboutZ = (a: number): Matrix3 => [
  [Math.cos(a), -Math.sin(a), 0],
  [Math.sin(a), Math.cos(a), 0],
  [0, 0, 1],
];
const times = (a: Matrix3, b: Matrix3): Matrix3 => {
  const columns = [0, 1, 2].map((j) => rotatePoint(a, [b[0][j] ?? 0, b[1][j] ?? 0, b[2][j] ?? 0]));
  return [0, 1, 2].map((i) => columns.map((column) => column[i] ?? 0)) as unknown as Matrix3;
};

describe('fitSimilarity', () => {
  const points = [
    { x: 1, y: 2 },
    { x: 7, y: -3 },
    { x: 4, y: 9 },
  ];

  it('recovers a known similarity, and its inverse undoes it', () => {
    const known = { a: 0.6, b: -1.1, tx: 12, ty: -5 };
    const fitted = fitSimilarity(
      points,
      points.map((point) => applySimilarity(known, point)),
    );
    expect(fitted.a).toBeCloseTo(known.a, 10);
    expect(fitted.b).toBeCloseTo(known.b, 10);
    expect(similarityScale(fitted)).toBeCloseTo(Math.hypot(0.6, 1.1), 10);
    const back = applySimilarity(invertSimilarity(fitted), applySimilarity(fitted, { x: 3, y: 4 }));
    expect(back.x).toBeCloseTo(3, 9);
    expect(back.y).toBeCloseTo(4, 9);
  });

  it('refuses unequal, too few, coinciding and non-finite points', () => {
    expect(() => fitSimilarity(points, points.slice(1))).toThrow(RangeError);
    expect(() => fitSimilarity([{ x: 1, y: 1 }], [{ x: 1, y: 1 }])).toThrow(RangeError);
    expect(() =>
      fitSimilarity(
        points.map(() => ({ x: 1, y: 1 })),
        points,
      ),
    ).toThrow(RangeError);
    expect(() => fitSimilarity([...points.slice(1), { x: NaN, y: 0 }], points)).toThrow(RangeError);
    expect(() => invertSimilarity({ a: 0, b: 0, tx: 1, ty: 1 })).toThrow(RangeError);
  });
});

describe('fitRotation', () => {
  it('recovers a rotation despite scale and shift', () => {
    const from = RIGID_POINTS.map(({ position }) => position);
    const rotation = times(aboutY(0.4), times(aboutX(-0.3), aboutZ(0.2)));
    const to = from.map((point): Point3 => {
      const [x, y, z] = rotatePoint(rotation, point);
      return [3 * x + 5, 3 * y - 2, 3 * z + 1];
    });
    fitRotation(from, to).forEach((row, i) =>
      row.forEach((value, j) => expect(value).toBeCloseTo(rotation[i]?.[j] ?? NaN, 6)),
    );
  });

  it('refuses points that coincide or are not finite', () => {
    const one: Point3 = [1, 1, 1];
    expect(() => fitRotation([one, one, one], [one, one, one])).toThrow(RangeError);
    expect(() => fitRotation([one, [0, 0, 0], [1, 2, 3]], [one, [NaN, 0, 0], [1, 2, 3]])).toThrow(RangeError);
  });
});

describe('estimatePose', () => {
  it.each([
    ['frontal', 0, 0, 0],
    ["towards the subject's own left", 25, 0, 0],
    ["towards the subject's own right", -35, 0, 0],
    ['down', 0, 15, 0],
    ['all at once', 20, -10, 8],
  ])('reads a head turned %s', (_, yaw, pitch, roll) => {
    const rotation = times(aboutY(-yaw * degrees), times(aboutX(pitch * degrees), aboutZ(roll * degrees)));
    const pose = estimatePose(headTurned(rotation));
    expect(pose.yaw / degrees).toBeCloseTo(yaw, 3);
    expect(pose.pitch / degrees).toBeCloseTo(pitch, 3);
    expect(pose.roll / degrees).toBeCloseTo(roll, 3);
  });

  it('moves the nose to the right of an un-mirrored picture when the subject turns to their own left', () => {
    const noseOffset = (landmarks: Float32Array): number =>
      landmarkAt(landmarks, 1).x - landmarkAt(landmarks, 168).x;
    const turned = headTurned(aboutY(-30 * degrees));
    expect(estimatePose(turned).yaw).toBeGreaterThan(0);
    expect(noseOffset(turned)).toBeGreaterThan(10);
  });

  it('refuses landmarks that are missing', () => {
    expect(() => estimatePose(new Float32Array(9))).toThrow(RangeError);
    expect(() => estimatePose(new Float32Array(LANDMARK_COUNT * LANDMARK_STRIDE))).toThrow(RangeError);
  });
});

describe('meanShape', () => {
  it('is symmetric, and undoes turns and scale of the faces it is made of', () => {
    const faces = [
      headTurned(aboutY(0.3)),
      headTurned(aboutY(-0.3)),
      headTurned(aboutZ(0.2)).map((v) => 2 * v),
    ];
    const mean = meanShape(faces, [
      [33, 263],
      [133, 362],
      [234, 454],
      [168, 168],
      [1, 1],
      [10, 10],
    ]);
    const at = (index: number): Point3 =>
      mean.find((point) => point.index === index)?.position ?? [NaN, NaN, NaN];
    expect(at(33)[0]).toBeCloseTo(-at(263)[0], 6);
    expect(at(33)[1]).toBeCloseTo(at(263)[1], 6);
    expect(at(1)[0]).toBeCloseTo(0, 6);
    const reference = RIGID_POINTS.filter(({ index }) => mean.some((point) => point.index === index));
    const ratio = Math.abs(at(33)[0]) / Math.abs(at(234)[0]);
    const expected = reference.find(({ index }) => index === 33)?.position[0] ?? NaN;
    const outer = reference.find(({ index }) => index === 234)?.position[0] ?? NaN;
    expect(ratio).toBeCloseTo(expected / outer, 4);
  });
});

describe('alignFace', () => {
  const landmarks = new Float32Array(LANDMARK_COUNT * LANDMARK_STRIDE);
  const put = (index: number, x: number, y: number): void =>
    landmarks.set([x, y, 0], index * LANDMARK_STRIDE);
  // The five ArcFace points × 0.95, enlarged four times and moved by (40, 20).
  const place = (x: number, y: number): [number, number] => [
    40 + 4 * (56 + (x - 56) * 0.95),
    20 + 4 * (56 + (y - 56) * 0.95),
  ];
  const eye = (corners: [number, number], x: number, y: number): void => {
    const [px, py] = place(x, y);
    corners.forEach((index, i) => put(index, px + (i === 0 ? -9 : 9), py));
  };
  eye([33, 133], 38.2946, 51.6963);
  eye([362, 263], 73.5318, 51.5014);
  put(1, ...place(56.0252, 71.7366));
  put(61, ...place(41.5493, 92.3655));
  put(291, ...place(70.7299, 92.2041));

  it('maps the five points onto the shrunken ArcFace template', () => {
    const { a, b, tx, ty } = faceAlignment(landmarks);
    expect(a).toBeCloseTo(0.25, 5);
    expect(b).toBeCloseTo(0, 5);
    expect(tx).toBeCloseTo(-10, 3);
    expect(ty).toBeCloseTo(-5, 3);
    expect(interOcularDistance(landmarks)).toBeCloseTo(4 * 0.95 * Math.hypot(35.2372, 0.1949), 2);
  });

  it('averages when it shrinks, so a checkerboard becomes grey instead of aliasing', () => {
    const image: RgbImage = { width: 560, height: 520, data: new Uint8Array(560 * 520 * 3) };
    for (let i = 0; i < 560 * 520; i++)
      image.data.fill((i + Math.floor(i / 560)) % 2 ? 255 : 0, 3 * i, 3 * i + 3);
    const aligned = alignFace(image, landmarks);
    expect(aligned).toHaveLength(ALIGNED_SIZE * ALIGNED_SIZE * 3);
    const inner = aligned.subarray(3 * 20 * ALIGNED_SIZE, 3 * 90 * ALIGNED_SIZE);
    expect(Math.min(...inner)).toBeGreaterThan(90);
    expect(Math.max(...inner)).toBeLessThan(165);
  });

  it('keeps a colour gradient in place and channels apart', () => {
    const image: RgbImage = { width: 560, height: 520, data: new Uint8Array(560 * 520 * 3) };
    for (let y = 0; y < 520; y++)
      for (let x = 0; x < 560; x++) image.data.set([x / 2.2, y / 2.2, 7], (y * 560 + x) * 3);
    const aligned = alignFace(image, landmarks);
    const at = (30 * ALIGNED_SIZE + 70) * 3;
    expect(aligned[at]).toBeCloseTo((40 + 4 * 70) / 2.2, -0.5);
    expect(aligned[at + 1]).toBeCloseTo((20 + 4 * 30) / 2.2, -0.5);
    expect(aligned[at + 2]).toBeCloseTo(7, 3);
  });
});
