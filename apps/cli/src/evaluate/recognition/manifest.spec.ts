import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { labelledPictures } from './manifest.js';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'manifest-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const manifest = async (content: unknown): Promise<string> => {
  const file = join(folder, 'manifest.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};

it('reads a manifest, its paths relative to it, further members as groups', async () => {
  await writeFile(join(folder, 'one.jpg'), 'picture');
  const [picture] = await labelledPictures(
    await manifest([{ path: 'one.jpg', identity: 'a', age: 40, glasses: true }]),
  );
  expect(picture).toMatchObject({ path: 'one.jpg', identity: 'a', groups: { age: '40', glasses: 'true' } });
  expect(Buffer.from((await picture?.read()) ?? []).toString()).toBe('picture');
});

it('reads a folder for each person, at any depth, and no other files', async () => {
  await mkdir(join(folder, 'a', '2024'), { recursive: true });
  await mkdir(join(folder, 'b'));
  for (const file of ['a/1.JPG', 'a/2024/2.png', 'b/3.webp', 'b/notes.txt', 'top.jpg'])
    await writeFile(join(folder, file), file);
  const pictures = await labelledPictures(folder);
  expect(pictures.map(({ path, identity }) => [path, identity])).toEqual([
    ['a/1.JPG', 'a'],
    ['a/2024/2.png', 'a'],
    ['b/3.webp', 'b'],
  ]);
});

it.each<[string, unknown, RegExp]>([
  ['no JSON', 'path,identity', /is not JSON/],
  ['no entries', [], /is not a manifest/],
  ['an entry without identity', [{ path: 'x.jpg' }], /identity/],
  ['a nested member', [{ path: 'x.jpg', identity: 'a', more: {} }], /is not a manifest/],
])('refuses a manifest with %s', async (_, content, message) => {
  await expect(labelledPictures(await manifest(content))).rejects.toThrow(message);
});

it('refuses what is not there, and a folder without people', async () => {
  await expect(labelledPictures(join(folder, 'none'))).rejects.toThrow(/neither a manifest nor a folder/);
  await expect(labelledPictures(folder)).rejects.toThrow(/holds no folder with/);
});
