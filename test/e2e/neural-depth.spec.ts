import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { defaultManifestPath, loadManifest, ModelStore, parseManifest } from '#inference';
import { builtEntry, projectRoot } from '#supervisor';
import { STAND_INS, writeStandIns } from '../../libs/inference/src/depth/testing/stand-in-models.js';
import { portraitFrames } from '../support/stack-frames.js';
import { startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/wait.js';

const shared = process.env.MODELS_DIR ?? join(projectRoot(), '.data', 'models');

/** The neural depth models as an operator adds them: a manifest of one's own, files from a folder, golden outputs recorded. */
describe('neural depth', () => {
  let folder: string;
  let test: TestStack;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'neural-depth-'));
    const [modelsDir, source, manifestPath] = ['models', 'source', 'manifest.json'].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    await ModelStore.provision({
      cacheDir: shared,
      manifest: loadManifest(),
      mirror: process.env.MODELS_MIRROR,
      folder: process.env.MODELS_FOLDER,
    });
    await mkdir(modelsDir);
    for (const model of await readdir(shared)) await symlink(join(shared, model), join(modelsDir, model));
    for (const beside of ['golden', 'calibration'])
      await cp(join(dirname(defaultManifestPath()), beside), join(folder, beside), { recursive: true });
    const manifest = parseManifest({
      schemaVersion: 1,
      models: [...loadManifest().models, ...(await writeStandIns(source))],
    });
    await writeFile(manifestPath, JSON.stringify(manifest));
    const env = { MODELS_DIR: modelsDir, MODELS_MANIFEST: manifestPath, ARTIFACTS: 'true' };
    const models = (deed: string) =>
      promisify(execFile)(process.execPath, [builtEntry('apps/cli/src/main.ts'), 'models', deed], {
        env: { ...process.env, ...env, MODELS_FOLDER: source },
      });
    await models('provision');
    const { stdout } = await models('golden');
    // Those of the shipped models are there already, and stay as they were reviewed.
    expect(stdout.trim().split('\n')).toEqual(STAND_INS.map((id) => join(folder, 'golden', `${id}.json`)));
    test = await startTestStack({ env });
  });

  afterAll(async () => {
    await test?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('draws the depth picture of an accepted capture', async () => {
    const frames = await portraitFrames();
    const subjectId = await test.api.consentingSubject();
    const { id, decision, review } = await test.api.decided(
      await test.api.submitted({ purpose: 'enrolment', subjectId }, frames),
    );
    expect(decision.outcome).toBe('accepted');
    expect(review?.signals.depth).toMatchObject({
      priorMethod: 'network',
      priorMs: expect.any(Number) as number,
    });
    const { body } = await test.api.download(`/v1/captures/${id}/artifacts/depth.png`);
    const picture = await sharp(body).metadata();
    expect(picture.exif?.toString('latin1')).toContain('"method":"network"');
    const { width, height } = await sharp(frames[0]).metadata();
    expect([picture.width, picture.height]).toEqual([width, height]);
  });

  it('is said by the worker to be loaded', async () => {
    const { models } = await until(() =>
      test.probe.one<{ models: { id: string; loaded: boolean }[] }>('SELECT models FROM worker_heartbeats'),
    );
    const loaded = models.filter((model) => model.loaded).map(({ id }) => id);
    expect(loaded).toEqual(expect.arrayContaining(STAND_INS));
  });
});
