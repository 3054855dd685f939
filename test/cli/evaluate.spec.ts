import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { jawWarp, samplePortrait, sceneWithoutFace } from '#simulator';
import { builtEntry } from '#supervisor';

const modelsDir = process.env.MODELS_DIR ?? join(import.meta.dirname, '../../.data/models');

/** What the documents promise of `--json`: members are added, never renamed. */
const CONTRACT = [
  'images',
  'identities',
  'fta',
  'matedPairs',
  'nonMatedPairs',
  'eer',
  'fnmrAtFmr',
  'worstPairs',
  'synthetic',
  'model',
  'fte',
  'failures',
  'eerBounds',
  'atDefaultThreshold',
  'recommended',
  'fmrAtScore',
  'groups',
  'det',
  'histograms',
  'notes',
  'bootstrap',
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evaluate-'));
  const portrait = await samplePortrait();
  for (const person of ['widened', 'narrowed'] as const) {
    await mkdir(join(folder, 'people', person), { recursive: true });
    const warped = await jawWarp(portrait, person);
    for (const [i, side] of [300, 420].entries())
      await writeFile(
        join(folder, 'people', person, `${i}.png`),
        await sharp(warped).resize(side, side).png().toBuffer(),
      );
  }
  const [empty] = await sceneWithoutFace(1);
  await writeFile(join(folder, 'people', 'widened', 'empty.jpg'), empty as Buffer);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const evaluate = (...args: string[]) =>
  promisify(execFile)(process.execPath, [builtEntry('apps/cli/src/main.ts'), 'evaluate', ...args], {
    env: { PATH: process.env.PATH, DATA_DIR: join(folder, 'data'), MODELS_DIR: modelsDir },
  });

it('evaluates a folder of people, tells how far it is, and takes what it knows from the cache', async () => {
  const [json, html] = [join(folder, 'report.json'), join(folder, 'report.html')];
  const first = await evaluate(join(folder, 'people'), '--json', json, '--html', html, '--threads', '1');
  expect(first.stderr).toContain('5 of 5 images (100 %, 0 from the cache)');
  expect(first.stdout).toContain('5 images of 2 people; 2 mated and 4 non-mated pairs');
  const report = JSON.parse(await readFile(json, 'utf8')) as Record<string, unknown>;
  expect(Object.keys(report).sort()).toEqual([...CONTRACT].sort());
  expect(report).toMatchObject({
    fta: { rate: 0.2 },
    failures: { acquisition: { no_face: 1 } },
    synthetic: false,
  });
  expect(await readFile(html, 'utf8')).toMatch(/^<!doctype html>/);
  const again = await evaluate(join(folder, 'people'), '--json', json, '--threads', '1');
  expect(again.stderr).toContain('5 of 5 images (100 %, 5 from the cache)');
  expect(JSON.parse(await readFile(json, 'utf8'))).toEqual(report);
});

it.each<[string, string[], RegExp]>([
  ['without a source', [], /Give a manifest or a folder, or --simulate/],
  ['with a source that is not there', ['/nowhere'], /neither a manifest nor a folder/],
  ['with a rate that is none', ['x', '--target-fmr', '2'], /a rate between 0 and 1/],
])('says what is wrong %s', async (_, args, message) => {
  await expect(evaluate(...args)).rejects.toThrow(message);
});
