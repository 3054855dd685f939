import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '#supervisor';
import { startTestStack, type TestStack } from '../support/stack.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

const HEADING = '## A webhook on localhost';
const DEADLINE_MS = 300_000;

/** The shell blocks of the guide's section, as they stand there. */
function blocks(): string[] {
  const guide = readFileSync(join(projectRoot(), 'docs', 'integrate.md'), 'utf8');
  const section = guide.split(HEADING)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block as string);
}

/** A port that was free a moment ago. */
async function freePort(): Promise<string> {
  const receiver = await new WebhookReceiver().start();
  await receiver.stop();
  return new URL(receiver.url).port;
}

let test: TestStack;
beforeAll(async () => {
  test = await startTestStack({ env: { WEBHOOK_ALLOW: '127.0.0.0/8', WORKER_STAGES: 'decision' } });
}, DEADLINE_MS);
afterAll(() => test?.stop());

it(
  'the guide leads from nothing to an event stream and a webhook on localhost',
  async () => {
    const found = blocks();
    expect(found).toHaveLength(3);
    const script = ['set -euo pipefail', ...found, 'echo "CAPTURE $ID"'].join('\n');
    const { stdout } = await promisify(execFile)('bash', ['-c', script], {
      cwd: projectRoot(),
      timeout: DEADLINE_MS,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        API: test.stack.urls[0],
        HOOK_PORT: await freePort(),
        CLIENT_ID: test.client.clientId,
        CLIENT_SECRET: test.client.clientSecret,
      },
    });
    const [, id] = /^CAPTURE (.*)$/m.exec(stdout) ?? [];
    expect(stdout).toContain(`capture.cancelled ${id}`);
    expect(stdout).toMatch(/^id: 1\nevent: state\ndata: \{"state":"created"/m);
    expect(stdout).toMatch(/^id: 2\nevent: state\ndata: \{"state":"cancelled"/m);
  },
  DEADLINE_MS,
);
