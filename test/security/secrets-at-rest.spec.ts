import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProtectedTemplate, Template } from '#biometrics';
import {
  fromStoredKey,
  openReferences,
  type StoredKey,
  type StoredTemplateKey,
  TemplateKey,
} from '#subjects';
import { type DataKey, open } from '#crypto';
import { call } from '../api/support/call.js';
import { asOperator, askWorker, OPERATIONS_ENV, OPERATOR } from '../support/stack-operations.js';
import { QUEUE_HOMES, startTestStack, type TestStack } from '../support/stack.js';
import { everyFile, everyKey, everyRow } from './support/haystacks.js';
import { type LeakRun, runWithSecrets } from './support/leak-run.js';
import {
  bytesNeedle,
  foundIn,
  type Needle,
  numbersNeedle,
  secretNeedle,
  stretchesOf,
} from './support/needles.js';

const PATIENT_MS = 240_000;

describe.each(QUEUE_HOMES)('after a whole life in a stack with its queue in $home', ({ suite, redisUrl }) => {
  suite('no secret, token, template or picture lies', () => {
    const log: string[] = [];
    let test: TestStack;
    let run: LeakRun;
    let needles: Needle[];

    beforeAll(async () => {
      test = await startTestStack({
        workers: 0,
        redisUrl: redisUrl(),
        env: { ...OPERATIONS_ENV, LOG_LEVEL: 'trace' },
        log: (line) => void log.push(line),
      });
      run = await runWithSecrets(test);
      needles = [...(await secretsOf(test, run)), ...(await faceOf(test, run))];
    }, PATIENT_MS);
    afterAll(() => test?.stop());

    it('in any log, though all three were written by both processes', () => {
      const lines = log.join('\n');
      expect(foundIn(Buffer.from(lines), needles)).toEqual([]);
      for (const expected of [
        /^api-1 .*"log":"access".*"msg":"request"/m,
        /^api-1 .*"log":"audit".*"action":"capture\.created"/m,
        /^api-1 .*"log":"audit".*"action":"capture\.artifact_read"/m,
        /^api-1 .*"log":"application".*"msg":"request refused"/m,
        /^api-1 .*"log":"application".*"msg":"request failed"/m,
        /^worker-1 .*"log":"application".*"msg":"stage"/m,
        /^worker-1 .*"log":"application".*"msg":"stage attempt failed"/m,
        /^worker-1 .*"log":"audit".*"action":"reference\.created"/m,
      ])
        expect(lines).toMatch(expected);
      for (const process of ['api-1', 'worker-1'])
        expect(lines).toMatch(new RegExp(`^${process} .*${run.enrolmentId}`, 'm'));
    });

    it('in any table', async () => {
      const tables = await everyRow(test.probe, 'public');
      for (const [table, bytes] of tables) expect([table, foundIn(bytes, needles)]).toEqual([table, []]);
      const holding = [...tables]
        .filter(([, bytes]) => bytes.includes(run.enrolmentId))
        .map(([table]) => table);
      expect(holding).toEqual(expect.arrayContaining(['captures', 'decisions', 'audit_events']));
    });

    it('in the queue, not even of a job that failed', async () => {
      const prefix = test.env['QUEUE_PREFIX'] as string;
      const redis = redisUrl();
      const everything = redis
        ? await everyKey(redis, prefix)
        : Buffer.concat([...(await everyRow(test.probe, `${prefix}_queue`)).values()]);
      expect(foundIn(everything, needles)).toEqual([]);
      for (const expected of [run.enrolmentId, run.damagedId, 'extraction failed: DecryptionError'])
        expect([expected, everything.includes(expected)]).toEqual([expected, true]);
    });

    it('in any file but those of the secrets themselves', async () => {
      const files = await everyFile(join(test.env['DATA_DIR'] as string, 'blobs'));
      expect([...files.keys()].filter((file) => file.includes(run.enrolmentId)).length).toBeGreaterThan(5);
      for (const [file, bytes] of files) expect([file, foundIn(bytes, needles)]).toEqual([file, []]);
      expect(foundIn(Buffer.from([...files.keys()].join('\n')), needles)).toEqual([]);
    });

    it('in metrics or health', async () => {
      const api = test.stack.urls[0] as string;
      const worker = /"url":"([^"]+)","msg":"health ready"/.exec(log.join('\n'))?.[1] as string;
      const texts: string[] = [];
      for (const page of ['/metrics', '/health'])
        for (const answer of [asOperator(`${api}${page}`), askWorker(`${worker}${page}`)])
          texts.push((await answer).text);
      texts.push((await call(`${api}/health/ready`, 'GET')).text);
      expect(texts[0]).toContain('sb_http_requests_total');
      expect(foundIn(Buffer.from(texts.join('\n')), needles)).toEqual([]);
    });
  });
});

/** What was sent, what the processes were given, and the data keys in clear. */
async function secretsOf(test: TestStack, { secrets, subjectId }: LeakRun): Promise<Needle[]> {
  const folder = join(test.env['DATA_DIR'] as string, 'secrets');
  const texts = new Map([...secrets, ['the operators’ token', OPERATOR]]);
  for (const file of ['keyring.json', 'token-keys.json', 'receipt-keys.json', 'audit-keys.json'])
    for (const [path, value] of stringsOf(JSON.parse(await readFile(join(folder, file), 'utf8'))))
      if (value.length >= 32 && !/\.(x|y)$/.test(path)) texts.set(`${file} ${path}`, value);
  expect(texts.size).toBeGreaterThan(25);
  const dataKey = await withSubjectKey(test, subjectId, (key) => Promise.resolve(Buffer.from(key.expose())));
  return [
    ...[...texts].map(([name, text]) => secretNeedle(name, text)),
    bytesNeedle('the data key', dataKey),
  ];
}

/** The pictures, the stored template, and the sealed outputs of extraction, all in clear. */
async function faceOf(test: TestStack, { frames, subjectId, enrolmentId }: LeakRun): Promise<Needle[]> {
  const turned = await withSubjectKey(test, subjectId, (key) =>
    test.withPlatform(({ unitOfWork }) =>
      unitOfWork.inTenant(test.client.tenantId, async (manager) => {
        const [reference] = await openReferences(manager, subjectId, key);
        return reference?.template;
      }),
    ),
  );
  if (!turned) throw new Error('The enrolment was not accepted');
  const template = await revealed(test, subjectId, turned);
  const landmarks = await withSubjectKey(test, subjectId, (key) =>
    readLandmarks(test, key, subjectId, enrolmentId),
  );
  expect(landmarks.length).toBeGreaterThan(10_000);
  return [
    ...frames.flatMap((frame, index) => stretchesOf(`frame ${index}`, frame)),
    ...stretchesOf('the landmarks', landmarks),
    ...[0, 64, 128, 176].flatMap((at) => [
      numbersNeedle(`the template at ${at}`, Float32Array.from(template.values.slice(at, at + 16))),
      numbersNeedle(`the turned template at ${at}`, Float32Array.from(turned.values.slice(at, at + 16))),
    ]),
  ];
}

/** The stored template as the network made it. */
async function revealed(
  { withPlatform, probe, client }: TestStack,
  subjectId: string,
  turned: ProtectedTemplate,
): Promise<Template> {
  const { stored } = await probe.one<{ stored: StoredTemplateKey }>(
    'SELECT template_key AS stored FROM subjects WHERE id = $1',
    [subjectId],
  );
  const owner = { tenantId: client.tenantId, ownerKind: 'subject', ownerId: subjectId } as const;
  const key = await withPlatform(({ keyring }) => TemplateKey.open(keyring, owner, stored));
  return key.transform(turned.modelId).reveal(turned);
}

async function readLandmarks(
  test: TestStack,
  key: DataKey,
  subjectId: string,
  captureId: string,
): Promise<Buffer> {
  const { prefix } = await test.probe.one<{ prefix: string }>(
    `SELECT blob_prefix AS prefix FROM stage_results WHERE capture_id = $1 AND stage = 'extraction'`,
    [captureId],
  );
  const sealed = await test.withPlatform(({ blobs }) => blobs.get(`${prefix}landmarks`));
  const { tenantId } = test.client;
  return open(key, sealed, {
    tenantId,
    ownerKind: 'subject',
    ownerId: subjectId,
    kind: 'output',
    name: `${captureId}/landmarks`,
  });
}

async function withSubjectKey<T>(
  { withPlatform, probe, client }: TestStack,
  subjectId: string,
  work: (key: DataKey) => Promise<T>,
): Promise<T> {
  const { stored } = await probe.one<{ stored: StoredKey }>(
    'SELECT wrapped_key AS stored FROM subjects WHERE id = $1',
    [subjectId],
  );
  return withPlatform(async ({ keyring }) => {
    const context = { tenantId: client.tenantId, ownerKind: 'subject' as const, ownerId: subjectId };
    const key = await keyring.unwrap(fromStoredKey(stored), context);
    return work(key).finally(() => key.dispose());
  });
}

function stringsOf(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([member, each]) => stringsOf(each, `${path}.${member}`));
}
