import sharp from 'sharp';
import {
  canonicalFace,
  type FusedMesh,
  FACE_TRIANGLES,
  type PriorDepthMap,
  type RgbImage,
} from '#biometrics';
import { encodeDepthPng, encodeGlb, encodeObj, encodeOverlay } from './index.js';

interface Report {
  readonly issues: { readonly numErrors: number; readonly numWarnings: number; readonly messages: unknown[] };
  readonly info: { readonly totalTriangleCount: number; readonly totalVertexCount: number };
}
// The validator has no types of its own.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const validator = require('gltf-validator') as { validateBytes(bytes: Uint8Array): Promise<Report> };

const [width, height] = [320, 240];
const landmarks = canonicalFace().map((value, i) =>
  i % 3 === 0 ? width / 2 + value : i % 3 === 1 ? height / 2 + value : value,
);
const image: RgbImage = {
  width,
  height,
  data: new Uint8Array(width * height * 3).map((_, i) => (i * 7) % 200),
};
const mesh: FusedMesh = {
  points: canonicalFace(),
  triangles: FACE_TRIANGLES,
  frames: 8,
  scale: { assumed: true, interPupillaryMm: 63 },
  residualRmsMm: 1,
};

describe('encodeGlb', () => {
  it('writes what the Khronos validator finds no fault with', async () => {
    const report = await validator.validateBytes(await encodeGlb(mesh, image, landmarks));
    expect(report.issues).toMatchObject({ numErrors: 0, numWarnings: 0, messages: [] });
    expect(report.info).toMatchObject({
      totalTriangleCount: FACE_TRIANGLES.length / 3,
      totalVertexCount: landmarks.length / 3,
    });
  });

  it('faces the viewer upright, in metres, and says that the scale is assumed', async () => {
    const glb = Buffer.from(await encodeGlb(mesh, image, landmarks));
    const json = JSON.parse(glb.subarray(20, 20 + glb.readUInt32LE(12)).toString()) as {
      accessors: { type: string; min?: number[]; max?: number[] }[];
      meshes: { extras: unknown }[];
    };
    expect(json.meshes[0]?.extras).toMatchObject({ scale: { assumed: true, interPupillaryMm: 63 } });
    const size = json.accessors.find(({ min }) => min?.length === 3);
    expect((size?.max?.[1] ?? 0) - (size?.min?.[1] ?? 0)).toBeGreaterThan(0.1);
    expect((size?.max?.[1] ?? 0) - (size?.min?.[1] ?? 0)).toBeLessThan(0.2);
    // The nose stands out towards the viewer.
    expect(size?.max?.[2]).toBeCloseTo(0.042, 2);
  });

  it('refuses landmarks that lie beside the frame', async () => {
    const beside = landmarks.map((value) => value + 5000);
    await expect(encodeGlb(mesh, image, beside)).rejects.toThrow(RangeError);
  });
});

describe('encodeObj', () => {
  const lines = encodeObj(mesh).toString().split('\n');
  const rows = (keyword: string): number[][] =>
    lines
      .filter((line) => line.startsWith(`${keyword} `))
      .map((line) =>
        line
          .split(' ')
          .slice(1)
          .map((field) => Number.parseFloat(field)),
      );

  it('has every vertex, and faces that name existing ones', () => {
    const vertices = rows('v');
    expect(vertices).toHaveLength(478);
    expect(rows('vn')).toHaveLength(478);
    const faces = rows('f');
    expect(faces).toHaveLength(FACE_TRIANGLES.length / 3);
    for (const face of faces) {
      expect(new Set(face).size).toBe(3);
      for (const index of face) expect(index >= 1 && index <= 478).toBe(true);
    }
    expect(vertices.flat().every(Number.isFinite)).toBe(true);
  });

  it('winds its faces counterclockwise from outside', () => {
    const vertices = rows('v');
    const towardsViewer = rows('f').filter(([a = 0, b = 0, c = 0]) => {
      const [p = [], q = [], r = []] = [vertices[a - 1], vertices[b - 1], vertices[c - 1]];
      const edge = (to: number[], k: number): number => (to[k] ?? 0) - (p[k] ?? 0);
      return edge(q, 0) * edge(r, 1) - edge(q, 1) * edge(r, 0) > 0;
    });
    expect(towardsViewer.length / rows('f').length).toBeGreaterThan(0.9);
  });

  it('says that the scale is assumed', () => {
    expect(lines[0]).toMatch(/^# .*assumed: 63 mm/);
  });
});

describe('encodeDepthPng', () => {
  const map = (depth: number[]): PriorDepthMap => ({
    source: 'prior',
    method: 'landmarks',
    unit: 'mm',
    width: 2,
    height: 2,
    depth: Float32Array.from(depth),
    box: { left: 0, top: 0, width: 2, height: 2 },
  });

  it('is a 16-bit grey PNG, bright where near, black where unknown', async () => {
    const png = await encodeDepthPng(map([0, 50, 100, NaN]));
    expect(await sharp(png).metadata()).toMatchObject({
      format: 'png',
      depth: 'ushort',
      channels: 1,
      width: 2,
    });
    const raw = await sharp(png).toColourspace('grey16').raw({ depth: 'ushort' }).toBuffer();
    const greys = Array.from({ length: 4 }, (_, i) => raw.readUInt16LE(2 * i));
    expect(greys).toEqual([65535, 36045, 6554, 0].map((grey) => expect.closeTo(grey, -0.5) as number));
  });

  it('says what it is', async () => {
    const { exif } = await sharp(await encodeDepthPng(map([0, 50, 100, NaN]))).metadata();
    expect(exif?.toString('latin1')).toContain('"source":"prior","method":"landmarks","unit":"mm"');
  });

  it('survives maps of one depth, and of none', async () => {
    for (const depths of [
      [5, 5, 5, 5],
      [NaN, NaN, NaN, NaN],
    ])
      expect((await encodeDepthPng(map(depths))).length).toBeGreaterThan(50);
  });
});

describe('encodeOverlay', () => {
  it.each(['png', 'jpeg'] as const)('draws the landmarks on the frame as %s', async (format) => {
    const picture = await encodeOverlay(
      { ...image, data: new Uint8Array(image.data.length) },
      landmarks,
      format,
    );
    const { data, info } = await sharp(picture).raw().toBuffer({ resolveWithObject: true });
    expect(await sharp(picture).metadata()).toMatchObject({ format, width, height });
    const greenAt = (x: number, y: number): number =>
      data[(Math.round(y) * width + Math.round(x)) * info.channels + 1] ?? 0;
    expect(greenAt(landmarks[12] ?? 0, landmarks[13] ?? 0)).toBeGreaterThan(100);
    expect(greenAt(3, 3)).toBeLessThan(20);
  });
});
