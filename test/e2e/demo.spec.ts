import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { builtEntry } from '#supervisor';

const run = promisify(execFile);

interface Report {
  readonly passed: boolean;
  readonly synthetic: boolean;
  readonly queueBackend: string;
  readonly cases: readonly { name: string; decision: string; reasons: string[]; passed: boolean }[];
}

/** The command a newcomer runs first, built and whole: it fails when liveness accepts everything, and when it rejects everything. */
describe('the demo', () => {
  let folder: string;
  beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'secure-biometric-e2e-'))));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const demo = async (...options: string[]): Promise<Report> => {
    const json = join(folder, 'demo.json');
    const cli = builtEntry('apps/cli/src/main.ts');
    const arguments_ = [cli, 'demo', '--json', json, ...options];
    await run(process.execPath, arguments_, { timeout: 480_000 }).catch(
      (error: Error & { stdout?: string }) => {
        throw new Error(`${error.message}\n${error.stdout ?? ''}`);
      },
    );
    return JSON.parse(await readFile(json, 'utf8')) as Report;
  };

  const expectEverything = (report: Report) => {
    expect(report.cases.filter(({ passed }) => !passed)).toEqual([]);
    expect(report).toMatchObject({ passed: true, synthetic: true });
    const decisions = new Map(report.cases.map(({ name, decision }) => [name, decision]));
    expect(decisions.get('genuine')).toBe('accepted');
    expect(decisions.get('impostor')).toBe('rejected');
    for (const attack of ['print', 'print_over_rotated', 'bent_print', 'still', 'resubmission']) {
      expect([attack, decisions.get(attack)]).not.toEqual([attack, 'accepted']);
    }
  };

  it('comes out as expected with the queue on PostgreSQL, as where no Redis is installed', async () => {
    const report = await demo('--no-redis', '--flash');
    expectEverything(report);
    expect(report.queueBackend).toBe('postgres');
    const names = report.cases.map(({ name }) => name).filter((name) => name.startsWith('flash_'));
    expect(names).toEqual([
      'flash_genuine',
      'flash_screen_replay',
      'flash_other_colours',
      'flash_left_out',
      'flash_too_few_frames',
    ]);
  }, 500_000);

  (process.env['TEST_REDIS_URL'] ? it : it.skip)(
    'comes out as expected with the queue on Redis',
    async () => {
      const report = await demo();
      expectEverything(report);
      expect(report.queueBackend).toBe('redis');
    },
    500_000,
  );

  it('leaves nothing behind', async () => {
    const left = (await readdir(tmpdir())).filter((name) => name.startsWith('secure-biometric-demo-'));
    const alive = left.filter((name) => {
      try {
        process.kill(Number(name.split('-')[3]), 0);
        return false;
      } catch {
        return true;
      }
    });
    expect(alive).toEqual([]);
  });
});
