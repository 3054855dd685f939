import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '#supervisor';
import { startTestStack, type TestStack } from '../support/stack.js';

const HEADING = '## Five minutes with curl';
const DEADLINE_MS = 600_000;

/** The shell blocks of the README's walk-through, as they stand there. */
function blocks(): string[] {
  const readme = readFileSync(join(projectRoot(), 'README.md'), 'utf8');
  const section = readme.split(HEADING)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block as string);
}

/**
 * Run after each block that ends in a capture: waits for its decision as long as the machine needs, and tries again where a person would,
 * because a rendered person, like a live one, is refused now and then.
 */
const UNTIL_ACCEPTED = (purpose: string) => `
  decision() { call "$API/v1/captures/$ID?wait=20"; }
  for ATTEMPT in 1 2 3 4; do
    until [ "$(decision | field state)" = decided ]; do :; done
    [ "$(decision | field decision.outcome)" != accepted ] || break
    capture ${purpose}
  done
  echo "RESULT ${purpose} $(decision | field decision.outcome)"
`;

let test: TestStack;
beforeAll(async () => {
  test = await startTestStack({ requiredPadLevel: 'challenge' });
}, DEADLINE_MS);
afterAll(() => test?.stop());

it(
  'the walk-through of the README leads from nothing to an accepted verification',
  async () => {
    const [logIn, subject, enrolment, verification, ...rest] = blocks();
    expect(rest).toEqual([]);
    const script = [
      'set -euo pipefail',
      logIn,
      subject,
      enrolment,
      UNTIL_ACCEPTED('enrolment'),
      verification,
      UNTIL_ACCEPTED('verification'),
    ].join('\n');
    const { stdout } = await promisify(execFile)('bash', ['-c', script], {
      cwd: projectRoot(),
      timeout: DEADLINE_MS,
      maxBuffer: 2 ** 24,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        MODELS_DIR: test.env.MODELS_DIR,
        API: test.stack.urls[0],
        CLIENT_ID: test.client.clientId,
        CLIENT_SECRET: test.client.clientSecret,
      },
    });
    expect(stdout.match(/^RESULT .*$/gm)).toEqual([
      'RESULT enrolment accepted',
      'RESULT verification accepted',
    ]);
  },
  DEADLINE_MS,
);
