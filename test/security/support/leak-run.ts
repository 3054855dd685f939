import { randomBytes } from 'node:crypto';
import { Clients, Passwords, SCOPES, Users } from '#access';
import { call } from '../../api/support/call.js';
import { pictures } from '../../api/support/pictures.js';
import { rawCall } from '../../api/support/raw-call.js';
import { ApiClient } from '../../support/api-client.js';
import { portraitFrames } from '../../support/stack-frames.js';
import type { TestStack } from '../../support/stack.js';
import { until } from '../../support/wait.js';

const PATIENT_MS = 60_000;

/** What went through a stack, to be looked for afterwards. */
export interface LeakRun {
  /** Secrets by name, each used where it belongs and where it does not. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Every picture that was submitted. */
  readonly frames: readonly Buffer[];
  readonly subjectId: string;
  /** The accepted enrolment. */
  readonly enrolmentId: string;
  /** A capture whose frame was damaged at rest, so that a stage failed. */
  readonly damagedId: string;
}

/** A whole life in a stack without workers: token, subject, consent, captures with a face, decisions, and every kind of mistake. */
export async function runWithSecrets(test: TestStack): Promise<LeakRun> {
  const url = test.stack.urls[0] as string;
  const { clientId, clientSecret } = test.client;
  const secrets = new Map<string, string>();
  const plant = (name: string, value = `planted-${randomBytes(18).toString('base64url')}`) => {
    secrets.set(name, value);
    return value;
  };

  const basic = plant('the Basic header', Buffer.from(`${clientId}:${clientSecret}`).toString('base64'));
  const granted = await call(`${url}/v1/oauth/token`, 'POST', {
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
    headers: { authorization: `Basic ${basic}` },
  });
  const token = plant('the token', String(granted.body['access_token']));
  plant('the signature of the token', token.split('.')[2]);
  plant('the client secret', clientSecret);
  const client = new ApiClient(url, token);
  await runPerson(test, url, plant);

  const subjectId = await client.consentingSubject();
  const enrolment = await client.create({ purpose: 'enrolment', subjectId });
  const code = enrolment.pageCode;
  plant('the page code', code.split('.')[1]);
  const exchanged = await call(`${url}/v1/capture-credentials`, 'POST', { json: { code } });
  const credential = plant('the capture credential', String(exchanged.body['credential']));
  await new ApiClient(url, credential).start(enrolment.id);

  const portrait = await portraitFrames();
  const named = new FormData();
  for (const [index, frame] of portrait.entries())
    named.append(
      'frames',
      new Blob([new Uint8Array(frame)], { type: 'image/jpeg' }),
      plant(`the name of file ${index}`),
    );
  await call(`${url}/v1/captures/${enrolment.id}/frames`, 'POST', { token: credential, body: named });

  const noise = await pictures(6);
  const damagedId = await client.submitted({ purpose: 'liveness' }, noise);
  await damageFirstFrame(test, damagedId);

  await test.stack.startWorker();
  await client.decided(enrolment.id, PATIENT_MS);
  await client.decided(damagedId, PATIENT_MS);
  await call(`${url}/v1/captures/${enrolment.id}/artifacts/overlay.png`, 'GET', { token });
  const verificationId = await client.submitted({ purpose: 'verification', subjectId }, portrait);
  await client.decided(verificationId, PATIENT_MS);
  const administrator = await useServices(test, verificationId, plant);
  await useWebhooks(administrator, verificationId, plant);

  await makeMistakes(url, {
    token,
    credential,
    code,
    clientId,
    clientSecret,
    captureId: enrolment.id,
    plant,
    frames: noise,
  });
  await test.probe.rows('ALTER TABLE subjects RENAME TO subjects_away');
  await client.send('POST', '/v1/subjects');
  await client.send('POST', '/v1/captures', { purpose: 'liveness', subjectId });
  await test.probe.rows('ALTER TABLE subjects_away RENAME TO subjects');
  return { secrets, frames: [...portrait, ...noise], subjectId, enrolmentId: enrolment.id, damagedId };
}

/** A client made and given a new secret over the API, and a session opened, asked for and ended. @returns the administrator */
async function useServices(
  test: TestStack,
  verificationId: string,
  plant: (name: string, value?: string) => string,
): Promise<ApiClient> {
  const url = test.stack.urls[0] as string;
  const administrator = await test.withPlatform(({ unitOfWork }) =>
    new Clients(unitOfWork).create(test.client.tenantId, 'administrator', SCOPES),
  );
  plant('the secret of the administrator', administrator.clientSecret);
  const admin = await ApiClient.login(url, administrator);
  plant("the administrator's token", admin.token);
  type Secret = { clientId: string; clientSecret: string };
  const made = await admin.send<Secret>('POST', '/v1/clients', { name: 'made', scopes: [] });
  plant('the secret of a client', made.body.clientSecret);
  const rotated = await admin.send<Secret>('POST', `/v1/clients/${made.body.clientId}/secret`, {});
  plant('the secret after a rotation', rotated.body.clientSecret);

  // The very frames of the enrolment were refused, rightly; what counts here is the session.
  await test.probe.rows(
    `UPDATE decisions SET outcome = 'accepted', code = 'accepted', reason = 'accepted' WHERE capture_id = $1`,
    [verificationId],
  );
  const opened = await admin.send<{ id: string; token: string }>('POST', '/v1/face-sessions', {
    captureId: verificationId,
  });
  if (opened.status !== 201) throw new Error(`No session was opened: ${opened.status}`);
  const token = plant('the token of a face session', opened.body.token);
  await admin.send('POST', '/v1/face-sessions/introspect', { token });
  await admin.send('POST', '/v1/face-sessions/introspect', { token, [token]: token });
  await admin.send('DELETE', `/v1/face-sessions/${token}`);
  await admin.send('DELETE', `/v1/face-sessions/${opened.body.id}`);
  return admin;
}

/** A webhook endpoint, whose answers are kept for their idempotency keys, with a new secret, deliveries that both sign, and a receipt. */
async function useWebhooks(
  client: ApiClient,
  captureId: string,
  plant: (name: string, value?: string) => string,
): Promise<void> {
  type Endpoint = { id: string; secret: string };
  const keep = (name: string, secret: string) => plant(name, secret.slice('whsec_'.length));
  const send = async <T>(path: string, json: object) => {
    const headers = { 'idempotency-key': plant(`the idempotency key of ${path.split('/').at(-1)}`) };
    const answer = await call(`${client.baseUrl}${path}`, 'POST', { token: client.token, json, headers });
    if (answer.status !== 201) throw new Error(`${path}: ${answer.status}`);
    return answer.body as T;
  };
  // Nobody is there (RFC 2606), which is as good as somebody for what is signed, logged and kept.
  const { id, secret } = await send<Endpoint>('/v1/webhook-endpoints', { url: 'https://receiver.invalid/' });
  keep('the secret of a webhook endpoint', secret);
  const rotated = await send<Endpoint>(`/v1/webhook-endpoints/${id}/rotate-secret`, {});
  keep('the next secret of a webhook endpoint', rotated.secret);
  await client.send('POST', '/v1/webhook-endpoints', {
    url: secret,
    description: rotated.secret,
    [secret]: secret,
  });
  await client.send('PATCH', `/v1/webhook-endpoints/${secret}`, {});

  await client.cancel((await client.create({ purpose: 'liveness' })).id);
  await until(async () => {
    const { body } = await client.send<{ items: { attempts: unknown[] }[] }>(
      'GET',
      `/v1/webhook-endpoints/${id}/deliveries`,
    );
    return body.items.some(({ attempts }) => attempts.length > 0);
  });
  const receipt = await call(`${client.baseUrl}/v1/captures/${captureId}/receipt`, 'GET', {
    token: client.token,
  });
  if (receipt.status !== 200) throw new Error(`No receipt: ${receipt.status}`);
  plant('the signature of a receipt', receipt.text.split('.')[2]);
}

/** A person who logs in, mistypes, changes the password, and refreshes. */
async function runPerson(
  test: TestStack,
  url: string,
  plant: (name: string, value?: string) => string,
): Promise<void> {
  const { tenantId } = test.client;
  const caller = { tenantId, actor: { kind: 'system' as const } };
  const created = await test.withPlatform(({ unitOfWork }) =>
    new Users(unitOfWork, new Passwords()).create(caller, { name: 'operator', roles: ['operator'] }),
  );
  const initial = plant('the initial password', created.initialPassword as string);
  const logIn = (password: string, name = 'operator') =>
    call(`${url}/v1/auth/login`, 'POST', { json: { tenant: 'first', name, password } });
  await logIn(plant('a wrong password'), plant('a password typed as a name').slice(0, 100));
  const { body } = await logIn(initial);
  const token = plant("the person's token", String(body['accessToken']));
  plant('the device token', String(body['deviceToken']).split('.')[1]);
  const first = plant('the refresh token', String(body['refreshToken']).split('.')[1]);
  const json = { currentPassword: initial, newPassword: plant('the chosen password') };
  await call(`${url}/v1/auth/password`, 'POST', { token, json });
  const refreshToken = `${String(body['refreshToken']).split('.')[0]}.${first}`;
  const refreshed = await call(`${url}/v1/auth/refresh`, 'POST', { json: { refreshToken } });
  plant('the next refresh token', String(refreshed.body['refreshToken']).split('.')[1]);
}

interface Hand {
  readonly token: string;
  readonly credential: string;
  readonly code: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly captureId: string;
  readonly frames: readonly Buffer[];
  readonly plant: (name: string) => string;
}

/** Everything a careless caller could send where it does not belong. */
async function makeMistakes(url: string, hand: Hand): Promise<void> {
  const { token, credential, code, clientId, clientSecret, captureId, plant, frames } = hand;
  const post = (path: string, json: unknown, headers = {}) =>
    call(`${url}${path}`, 'POST', { token, json, headers });
  await post('/v1/capture-credentials', { code });
  await post('/v1/capture-credentials', { code, [clientSecret]: token });
  await post('/v1/captures', {
    purpose: clientSecret,
    subjectId: code,
    [plant('a member')]: plant('its value'),
  });
  await post(
    '/v1/captures',
    { purpose: 'liveness' },
    { 'x-request-id': plant('an unfit request id').padEnd(120, 'x') },
  );
  await post('/v1/oauth/token', {
    grant_type: clientSecret,
    client_id: clientSecret,
    client_secret: token,
    scope: token,
  });
  await call(`${url}/v1/oauth/token`, 'POST', {
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: plant('a wrong secret'),
    }),
  });
  await call(`${url}/v1/captures`, 'POST', {
    token,
    body: `{"${plant('a broken body')}`,
    headers: { 'content-type': 'application/json' },
  });
  await call(`${url}/v1/captures/${captureId}?token=${token}&code=${code}&q=${plant('a query')}`, 'GET', {
    token,
  });
  await call(`${url}/v1/${clientSecret}/${plant('a path')}`, 'GET', {
    headers: {
      cookie: `session=${credential}; other=${plant('a cookie')}`,
      'user-agent': plant('a user agent'),
      referer: `https://example.org/?${plant('a referrer')}`,
      authorization: `Bearer ${plant('a wrong token')}`,
    },
  });
  await rawCall(url, 'GET', `/v1/captures/%zz${plant('an address that cannot be decoded')}`);
  const other = await new ApiClient(url, token).started({ purpose: 'liveness' });
  const form = new FormData();
  form.append(plant('a field'), plant('its content'));
  await call(`${url}/v1/captures/${other}/frames`, 'POST', { token, body: form });
  const unreadable = new FormData();
  unreadable.append('frames', new Blob([Buffer.from(plant('a picture that is none'))]), 'x.jpg');
  await call(`${url}/v1/captures/${other}/frames`, 'POST', { token, body: unreadable });
  await new ApiClient(url, credential).sendFrames(captureId, frames);
}

/** Changes one byte of a sealed frame, as a failing disk would. */
async function damageFirstFrame({ probe, withPlatform }: TestStack, captureId: string): Promise<void> {
  const { key } = await probe.one<{ key: string }>(
    'SELECT blob_key AS key FROM capture_frames WHERE capture_id = $1 AND index = 0',
    [captureId],
  );
  await withPlatform(async ({ blobs }) => {
    const bytes = await blobs.get(key);
    bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
    await blobs.delete(key);
    await blobs.put(key, bytes);
  });
}
