import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { Webhook } from 'standardwebhooks';
import { projectRoot } from '#supervisor';
import { portraitFrames } from '../support/stack-frames.js';
import { startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/wait.js';

const run = promisify(execFile);
const root = projectRoot();
const CHROMIUM = '/usr/bin/chromium';
const PATIENT_MS = 240_000;

/** A project of somebody else's: the packed client is installed into it, and the examples run in it. */
let project: string;

beforeAll(async () => {
  project = await realpath(await mkdtemp(join(tmpdir(), 'secure-biometric-consumer-')));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', project], {
    cwd: join(root, 'libs', 'client'),
  });
  const packed = JSON.parse(stdout.slice(stdout.indexOf('['))) as [
    { filename: string; files: { path: string }[] },
  ];
  expect(packed[0].files.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['LICENSE', 'README.md', 'dist/index.d.ts', 'dist/index.js', 'package.json']),
  );
  expect(packed[0].files.map(({ path }) => path).filter((path) => /spec|testing|^src/.test(path))).toEqual(
    [],
  );
  await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  const { dependencies } = JSON.parse(readFileSync(join(root, 'libs', 'client', 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  // Its dependencies come from here: the test needs no registry.
  const local = Object.keys(dependencies).map((name) => join(root, 'node_modules', name));
  const install = [
    'install',
    '--offline',
    '--no-audit',
    '--no-fund',
    '--install-links',
    ...local,
    packed[0].filename,
  ];
  await run('npm', install, { cwd: project });
}, PATIENT_MS);
afterAll(async () => {
  await rm(project, { recursive: true, force: true });
  await rm(join(root, 'libs', 'client', 'dist'), { recursive: true, force: true });
});

it('is imported by Node, with everything its index names', async () => {
  const program = `import('@secure-biometric/client').then((all) => console.log(Object.keys(all).sort().join()))`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { cwd: project });
  expect(stdout.trim().split(',')).toEqual([
    'ConnectionError',
    'ProblemError',
    'ReceiptError',
    'SecureBiometricClient',
    'WaitTimeoutError',
    'WebhookError',
    'isEnded',
    'verifyReceipt',
    'verifyWebhook',
  ]);
});

it.each([
  ['a browser', { module: 'nodenext', lib: ['ES2022', 'DOM', 'DOM.Iterable'] }],
  ['a bundler', { module: 'esnext', moduleResolution: 'bundler', lib: ['ESNext', 'DOM'] }],
])(
  'has types that hold for %s, and refuse what the API would',
  async (_what, options) => {
    const program = (state: string) => `
    import { SecureBiometricClient, type Capture, type Receipt, verifyReceipt } from '@secure-biometric/client';
    const client = new SecureBiometricClient({ baseUrl: 'https://face.example.org', clientId: 'c', clientSecret: 's' });
    export async function use(): Promise<Receipt> {
      const { id } = await client.createCapture({ purpose: 'liveness' });
      const capture: Capture = await client.waitForCapture(id, { signal: AbortSignal.timeout(1000) });
      if (capture.state === '${state}') throw new Error(capture.decision?.guidance ?? 'none');
      return verifyReceipt(await client.readReceipt(id), { keys: await client.receiptKeys(), audience: 'c' });
    }`;
    const check = async (source: string): Promise<string> => {
      await writeFile(join(project, 'use.ts'), source);
      const compilerOptions = { ...options, noEmit: true, strict: true, target: 'es2022', types: [] };
      await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }));
      const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
      return run(process.execPath, [tsc, '-p', project]).then(
        () => '',
        (error: { stdout: string }) => error.stdout,
      );
    };
    expect(await check(program('decided'))).toBe('');
    expect(await check(program('done'))).toContain('\'"done"\' have no overlap');
  },
  PATIENT_MS,
);

describe('the examples', () => {
  let test: TestStack;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    test = await startTestStack();
    const frames = join(project, 'frames');
    await mkdir(frames);
    for (const [index, frame] of (await portraitFrames()).entries())
      await writeFile(join(frames, `${index}.jpg`), frame);
    const record = join(project, 'record.sh');
    await writeFile(record, `#!/bin/sh\necho ${frames}/*.jpg\n`);
    await chmod(record, 0o755);
    const { clientId, clientSecret } = test.client;
    env = {
      PATH: process.env.PATH,
      API: test.stack.urls[0],
      CLIENT_ID: clientId,
      CLIENT_SECRET: clientSecret,
      RECORD: record,
    };
    for (const name of ['verify.mjs', 'verify.sh', 'webhook.mjs'])
      await writeFile(join(project, name), await readFile(join(root, 'examples', name)));
  }, PATIENT_MS);
  afterAll(() => test?.stop());

  it(
    'verify.mjs follows a capture to its decision and verifies its receipt',
    async () => {
      const { stdout, stderr } = await run(process.execPath, ['verify.mjs'], { cwd: project, env });
      expect(stdout).toBe('accepted\nreceipt verified\n');
      for (const stage of ['extraction', 'depth', 'mesh', 'liveness', 'decision'])
        expect(stderr).toMatch(new RegExp(`^${stage} done \\d+$`, 'm'));
    },
    PATIENT_MS,
  );

  it(
    'verify.sh does the same with curl',
    async () => {
      const { stdout } = await run('bash', ['verify.sh'], { cwd: project, env });
      expect(stdout.trim()).toBe('accepted');
      expect(await readFile(join(project, 'receipt.jwt'), 'utf8')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    },
    PATIENT_MS,
  );

  it('webhook.mjs takes what is signed, once, and refuses the rest', async () => {
    const secret = `whsec_${Buffer.from('a secret of thirty-two bytes, ok').toString('base64')}`;
    const child = spawn(process.execPath, ['webhook.mjs'], {
      cwd: project,
      env: { ...env, PORT: '0', WEBHOOK_SECRET: secret },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const lines = linesOf(child);
      const port = /^listening on (\d+)$/.exec(await until(() => lines[0]))?.[1];
      const send = async (body: string, signature: string) => {
        const headers = {
          'webhook-id': 'msg_1',
          'webhook-timestamp': String(Math.floor(Date.now() / 1_000)),
          'webhook-signature': signature,
        };
        return (await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body, headers })).status;
      };
      const body = '{"type":"capture.decided"}';
      const signed = () => new Webhook(secret).sign('msg_1', new Date(), body);
      expect([
        await send(body, signed()),
        await send(body, signed()),
        await send(`${body} `, signed()),
      ]).toEqual([204, 204, 400]);
      expect(await until(() => lines[1])).toBe('{"id":"msg_1","payload":{"type":"capture.decided"}}');
      expect(lines).toHaveLength(2);
    } finally {
      child.kill();
    }
  });

  (existsSync(CHROMIUM) ? it : it.skip)(
    'capture.html records, submits and waits, and tries again on the same page, in Chromium',
    async () => {
      const site = await serve(test.stack.urls[0] as string);
      const browser = await chromium.launch({
        executablePath: CHROMIUM,
        timeout: PATIENT_MS / 2,
        args: ['--no-sandbox', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
      });
      try {
        const { id, pageCode } = await test.api.create({ purpose: 'liveness' });
        const page = await browser.newPage();
        page.setDefaultTimeout(PATIENT_MS / 2);
        const asked: string[] = [];
        page.on('request', (request) => asked.push(request.url()));
        await page.goto(`${site.url}/#${pageCode}`);
        await page.waitForFunction('document.body.dataset.outcome');
        // The browser's fake camera shows a test pattern and no face.
        expect(await page.evaluate('document.body.dataset.outcome')).toBe('inconclusive');
        expect((await test.api.read(id)).decision).toMatchObject({ code: 'capture_quality' });
        expect(page.url()).not.toContain(pageCode);
        expect(asked.filter((url) => url.includes(pageCode.split('.')[1] as string))).toEqual([]);
        expect(asked.some((url) => url.endsWith(`/v1/captures/${id}/events`))).toBe(true);
        const again = await test.api.create({ purpose: 'liveness' });
        await page.evaluate(
          `delete document.body.dataset.outcome; location.hash = ${JSON.stringify(again.pageCode)}`,
        );
        await page.waitForFunction('document.body.dataset.outcome');
        expect((await test.api.read(again.id)).decision).toMatchObject({ code: 'capture_quality' });
        expect(page.url()).not.toContain(again.pageCode);
      } finally {
        await browser.close();
        await site.close();
      }
    },
    PATIENT_MS,
  );
});

function linesOf(child: ChildProcess): string[] {
  const lines: string[] = [];
  if (child.stdout) createInterface(child.stdout).on('line', (line) => lines.push(line));
  return lines;
}

/** The page and the modules it imports, and the API behind the same origin, as a reverse proxy has it. */
async function serve(api: string): Promise<{ url: string; close: () => Promise<void> }> {
  const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' };
  const server: Server = createServer((request, response) => {
    const path = request.url ?? '/';
    if (path.startsWith('/v1/')) {
      const { method, headers } = request;
      const passed = forward(`${api}${path}`, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      passed.on('error', () => response.destroy());
      request.pipe(passed);
      return;
    }
    const file = path.startsWith('/modules/')
      ? join(project, 'node_modules', path.slice('/modules/'.length))
      : join(root, 'examples', 'capture.html');
    readFile(file).then(
      (content) => response.writeHead(200, { 'content-type': TYPES[extname(file)] }).end(content),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
