import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { builtEntry } from '#supervisor';

const run = promisify(execFile);
/** Each generation starts the API's own printer and the generator of types. */
const PATIENT_MS = 180_000;
const docs = (...options: string[]) =>
  // Neither a database nor any other setting: whoever has the sources can generate.
  run(process.execPath, [builtEntry('apps/cli/src/main.ts'), 'docs', ...options], {
    env: { PATH: process.env.PATH },
  });

it(
  'what is generated in docs is as the code says; if not, the message says what to run',
  async () => {
    await docs('--check');
  },
  PATIENT_MS,
);

describe('the generator', () => {
  let folder: string;
  beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'secure-biometric-docs-'))));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it(
    'finds what is missing and what was changed by hand',
    async () => {
      await docs('--dir', folder);
      const page = join(folder, 'errors.md');
      await writeFile(page, (await readFile(page, 'utf8')).replace('| 404 |', '| 403 |'));
      await rm(join(folder, 'openapi.json'));
      await expect(docs('--check', '--dir', folder)).rejects.toThrow(
        /error: openapi\.json and errors\.md: .* run "npm run cli -- docs"/,
      );
    },
    PATIENT_MS,
  );
});
