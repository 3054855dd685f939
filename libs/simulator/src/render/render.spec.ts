import { canonicalFace, estimatePose, FACE_TRIANGLES } from '#biometrics';
import { Random } from '../random.js';
import { focalLength } from './camera.js';
import { vertexNormals } from './mesh.js';
import { Raster } from './rasteriser.js';
import { anglesOf, rotationOf, transformPoints } from './rigid.js';
import { expose } from './sensor.js';
import { type Texture, textureOf } from './texture.js';

const degrees = 180 / Math.PI;
const camera = { width: 80, height: 60, fovDeg: 60 };

describe('rotationOf', () => {
  it('turns a head to the pose that estimatePose reads, and anglesOf undoes it', () => {
    for (const angles of [
      { yawDeg: 25, pitchDeg: 0, rollDeg: 0 },
      { yawDeg: -35, pitchDeg: 12, rollDeg: -6 },
    ]) {
      const rotation = rotationOf(angles);
      const { yaw, pitch, roll } = estimatePose(
        transformPoints(canonicalFace(), rotation, [0, 0, 0], [0, 0, 500]),
      );
      expect(yaw * degrees).toBeCloseTo(angles.yawDeg, 0);
      expect(pitch * degrees).toBeCloseTo(angles.pitchDeg, 0);
      expect(roll * degrees).toBeCloseTo(angles.rollDeg, 0);
      const back = anglesOf(rotation);
      expect(back.yawDeg).toBeCloseTo(angles.yawDeg, 6);
      expect(back.pitchDeg).toBeCloseTo(angles.pitchDeg, 6);
      expect(back.rollDeg).toBeCloseTo(angles.rollDeg, 6);
    }
  });
});

describe('vertexNormals', () => {
  it('point out of the face, towards the camera', () => {
    const normals = vertexNormals(canonicalFace(), Uint16Array.from(FACE_TRIANGLES));
    expect(normals[3 * 151 + 2]).toBeLessThan(-0.8);
    expect(normals[3 * 454]).toBeGreaterThan(0.5);
    expect(normals[3 * 234]).toBeLessThan(-0.5);
  });
});

describe('Raster', () => {
  const plain = (r: number, g: number, b: number): Texture => ({
    width: 4,
    height: 4,
    data: Float32Array.from({ length: 48 }, (_, i) => [r, g, b][i % 3] ?? 0),
  });
  const square = (half: number, z: number, texture: Texture) => ({
    positions: Float32Array.of(-half, -half, z, half, -half, z, half, half, z, -half, half, z),
    uv: Float32Array.of(0, 0, texture.width, 0, texture.width, texture.height, 0, texture.height),
    triangles: Uint16Array.of(0, 1, 2, 0, 2, 3),
    texture,
  });
  const ones = new Float32Array(4).fill(1);
  const pixel = (raster: Raster, x: number, y: number): number[] => [
    ...raster.colour.subarray(3 * (y * raster.width + x), 3 * (y * raster.width + x) + 3),
  ];

  it('projects by the pinhole model and hides what lies behind, in any order', () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const raster = new Raster(camera);
      const sheets = [square(50, 500, plain(1, 0, 0)), square(400, 900, plain(0, 0, 1))];
      for (const i of order) raster.draw(sheets[i] ?? square(1, 1, plain(0, 0, 0)), ones);
      const reach = Math.floor((focalLength(camera) * 50) / 500);
      expect(pixel(raster, 40, 30)).toEqual([1, 0, 0]);
      expect(pixel(raster, 40 + reach - 1, 30)).toEqual([1, 0, 0]);
      expect(pixel(raster, 40 + reach + 1, 30)).toEqual([0, 0, 1]);
    }
  });

  it('leaves no pixel between neighbouring triangles', () => {
    const raster = new Raster(camera);
    raster.draw(square(1000, 500, plain(0.5, 0.5, 0.5)), ones);
    expect(Math.min(...raster.colour)).toBeGreaterThan(0.49);
  });

  it('draws textures in perspective: the nearer half of a tilted sheet takes more of the picture', () => {
    const ramp: Texture = {
      width: 64,
      height: 2,
      data: Float32Array.from({ length: 64 * 2 * 3 }, (_, i) => (Math.floor(i / 3) % 64) / 63),
    };
    const raster = new Raster(camera);
    const sheet = square(150, 0, ramp);
    const tilted = transformPoints(
      sheet.positions,
      rotationOf({ yawDeg: 50, pitchDeg: 0, rollDeg: 0 }),
      [0, 0, 0],
      [0, 0, 500],
    );
    raster.draw({ ...sheet, positions: tilted }, ones);
    const drawn = Array.from({ length: camera.width }, (_, x) => pixel(raster, x, 30)[0] ?? 0).filter(
      (v) => v > 0,
    );
    const middle = drawn[drawn.length >> 1] ?? 0;
    expect(Math.abs(middle - 0.5)).toBeGreaterThan(0.06);
    drawn.slice(1).forEach((value, i) => expect(value).toBeGreaterThanOrEqual(drawn[i] ?? 0));
  });

  it('skips what reaches behind the camera', () => {
    const raster = new Raster(camera);
    raster.draw(square(50, -500, plain(1, 1, 1)), ones);
    expect(Math.max(...raster.colour)).toBe(0);
  });

  it('exposes light to sRGB: what was read from a picture comes back, but for noise', () => {
    const grey = textureOf({ width: 4, height: 4, data: new Uint8Array(48).fill(128) });
    const raster = new Raster(camera);
    raster.draw(square(1000, 500, grey), ones);
    const quiet = { exposure: 1, whiteBalance: [1, 1] as const, noise: 0 };
    const { data } = expose(raster, quiet, new Random(1));
    expect(new Set(data)).toEqual(new Set([128]));
    const noisy = expose(raster, { ...quiet, noise: 2 }, new Random(1)).data;
    const deviation = Math.sqrt(noisy.reduce((sum, v) => sum + (v - 128) ** 2, 0) / noisy.length);
    expect(deviation).toBeGreaterThan(1.6);
    expect(deviation).toBeLessThan(2.4);
  });
});
