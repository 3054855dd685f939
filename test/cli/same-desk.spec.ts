import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { builtEntry } from '#supervisor';

const run = promisify(execFile);

interface Report {
  readonly captures: number;
  readonly calledReplay: number;
  readonly alikeFrames: readonly number[];
  readonly trajectoryDistance: { readonly least: number; readonly p50: number };
  readonly minTrajectoryDistance: number;
}

/** The command itself, on pictures of a quarter of the size, which still have a pixel for each cell of a projection. */
describe('one person at one desk', () => {
  let folder: string;
  beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'secure-biometric-desk-'))));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('verifies 200 times and is never called a replay', async () => {
    const json = join(folder, 'desk.json');
    const options = ['--captures', '200', '--seed', '9000', '--resolution', '0.25', '--json', json];
    await run(process.execPath, [builtEntry('apps/cli/src/main.ts'), 'evaluate:desk', ...options], {
      timeout: 240_000,
    });
    const report = JSON.parse(await readFile(json, 'utf8')) as Report;
    expect(report).toMatchObject({ synthetic: true, captures: 200, calledReplay: 0 });
    // Every capture was compared in both ways: some frames and some motions of one person are rather alike.
    expect(report.alikeFrames.reduce((sum, count) => sum + count, 0)).toBe(200);
    expect(report.alikeFrames.length).toBeGreaterThan(1);
    expect(report.trajectoryDistance.p50).toBeLessThan(0.5);
    expect(report.trajectoryDistance.least).toBeGreaterThan(report.minTrajectoryDistance);
  }, 300_000);
});
