import sharp from 'sharp';
import { inspectPicture } from './picture.js';

const picture = (width = 40, height = 30) =>
  sharp({
    create: {
      width,
      height,
      channels: 3,
      background: '#778899',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  });

it.each(['jpeg', 'png', 'webp'] as const)('a whole %s has its size', async (format) => {
  expect(await inspectPicture(await picture().toFormat(format).toBuffer())).toEqual({
    width: 40,
    height: 30,
  });
});

it.each<[string, () => Promise<Buffer>]>([
  ['grey', () => picture().greyscale().jpeg().toBuffer()],
  ['CMYK', () => picture().toColourspace('cmyk').jpeg().toBuffer()],
  ['progressive', () => picture().jpeg({ progressive: true }).toBuffer()],
  ['with 16 bits a channel', () => picture().toColourspace('rgb16').png().toBuffer()],
  ['with alpha', () => picture().ensureAlpha(0.5).png().toBuffer()],
  ['with a palette', () => picture().png({ palette: true }).toBuffer()],
  ['without loss', () => picture().webp({ lossless: true }).toBuffer()],
])('a picture %s has its size', async (_, make) => {
  expect(await inspectPicture(await make())).toEqual({ width: 40, height: 30 });
});

it.each([
  ['heic', ['mif1', 'heic']],
  ['heix', ['mif1']],
  ['mif1', ['mif1', 'miaf', 'heic']],
  ['msf1', ['hevc']],
])('a HEIC file of brand %s is told from what is damaged', async (brand, compatible) => {
  const box = Buffer.concat([
    Buffer.from([0, 0, 0, 16 + 4 * compatible.length]),
    Buffer.from(`ftyp${brand}\0\0\0\0${compatible.join('')}`),
  ]);
  await expect(inspectPicture(Buffer.concat([box, Buffer.alloc(4_000)]))).rejects.toMatchObject({
    code: 'frame_is_heic',
    status: 422,
  });
});

it('one pixel is a picture, 16 megapixels are, one row more is not', async () => {
  expect(await inspectPicture(await picture(1, 1).png().toBuffer())).toEqual({ width: 1, height: 1 });
  const large = (height: number) =>
    sharp({ create: { width: 4_000, height, channels: 3, background: '#000' } })
      .png()
      .toBuffer();
  expect(await inspectPicture(await large(4_000))).toEqual({ width: 4_000, height: 4_000 });
  await expect(inspectPicture(await large(4_001))).rejects.toMatchObject({ code: 'frame_too_many_pixels' });
});

it.each(['jpeg', 'png', 'webp'] as const)('a %s cut anywhere is refused', async (format) => {
  const whole = await picture(200, 150).toFormat(format).toBuffer();
  for (const part of [0.9, 0.5, 0.1])
    await expect(inspectPicture(whole.subarray(0, Math.floor(whole.length * part)))).rejects.toMatchObject({
      code: 'frame_unreadable',
    });
});

it.each<[string, () => Promise<Buffer> | Buffer]>([
  ['GIF', () => picture().gif().toBuffer()],
  ['TIFF', () => picture().tiff().toBuffer()],
  ['AVIF', () => picture().avif().toBuffer()],
  ['SVG', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
  [
    'SVG that reads a file',
    () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><image href="/etc/passwd"/></svg>'),
  ],
  ['PDF', () => Buffer.from('%PDF-1.4 ...')],
  ['a beginning without a picture', () => Buffer.from([0xff, 0xd8, 0xff, 0xe0])],
  ['RIFF that is no WebP', () => Buffer.from('RIFF1234WAVEfmt ')],
  ['text', () => Buffer.from('text')],
  ['nothing', () => Buffer.alloc(0)],
])('%s is refused, without a word of the library', async (_name, make) => {
  const error: unknown = await inspectPicture(await make()).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'frame_unreadable', message: 'A frame is not a readable picture' });
  expect((error as Error).cause).toBeUndefined();
});
