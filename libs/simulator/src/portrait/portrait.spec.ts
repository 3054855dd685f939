import sharp from 'sharp';
import { framesFrom } from './frames-from.js';
import { jawWarp } from './jaw-warp.js';
import { samplePortrait } from './sample-portrait.js';

describe('portrait generator', () => {
  let portrait: Buffer;

  beforeAll(async () => {
    portrait = await samplePortrait();
  });

  it('reads the sample portrait', async () => {
    expect(await sharp(portrait).metadata()).toMatchObject({ format: 'jpeg', width: 256, height: 256 });
  });

  it('makes frames of camera size that differ from each other, the same each time', async () => {
    const frames = await framesFrom(portrait, 12);
    for (const frame of frames)
      expect(await sharp(frame).metadata()).toMatchObject({ format: 'jpeg', width: 640, height: 480 });
    expect(new Set(frames.map((frame) => frame.toString('base64'))).size).toBe(12);
    expect(await framesFrom(portrait, 12)).toEqual(frames);
  });

  it('warps smoothly about the axis: wider or narrower at the chin, untouched on the axis itself', async () => {
    const bars = Buffer.alloc(200 * 200 * 3);
    for (let i = 0; i < 200 * 200; i++) if (Math.abs((i % 200) - 95) < 40) bars.fill(255, 3 * i, 3 * i + 3);
    const picture = await sharp(bars, { raw: { width: 200, height: 200, channels: 3 } })
      .png()
      .toBuffer();
    const widthAt = async (shape: 'widened' | 'narrowed', row: number): Promise<number> => {
      const { data } = await sharp(await jawWarp(picture, shape))
        .raw()
        .toBuffer({ resolveWithObject: true });
      return Array.from({ length: 200 }, (_, x) => data[(row * 200 + x) * 3] ?? 0).filter(
        (value) => value > 127,
      ).length;
    };
    expect(await widthAt('widened', 20)).toBeCloseTo(79 * 0.85, -0.6);
    expect(await widthAt('widened', 190)).toBeCloseTo(79 * 1.25, -0.6);
    expect(await widthAt('narrowed', 20)).toBeCloseTo(79 * 1.25, -0.6);
    expect(await widthAt('narrowed', 190)).toBeCloseTo(79 * 0.8, -0.6);
  });
});
