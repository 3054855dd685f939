import { ProblemError, SecureBiometricClient, verifyReceipt } from '#client';
import { Fixtures } from '../api/support/fixtures.js';
import { pictures } from '../api/support/pictures.js';
import { type RelyingParty, TestApi } from '../api/support/test-api.js';

let api: TestApi;
let party: RelyingParty;
let client: SecureBiometricClient;

beforeAll(async () => {
  api = await TestApi.start();
  party = await api.relyingParty();
  const { clientId, clientSecret } = party;
  client = new SecureBiometricClient({ baseUrl: api.url, clientId, clientSecret });
});
afterAll(() => api.close());

it('creates once under one key, and what it draws itself is another one each time', async () => {
  const request = { purpose: 'liveness' } as const;
  const first = await client.createCapture(request, { idempotencyKey: 'transaction-4711' });
  expect(await client.createCapture(request, { idempotencyKey: 'transaction-4711' })).toEqual(first);
  const others = await Promise.all([client.createCapture(request), client.createCapture(request)]);
  expect(new Set([first, ...others].map(({ id }) => id)).size).toBe(3);
  const reused = client.createCapture(
    { purpose: 'liveness', relyingPartyNonce: 'another-one' },
    { idempotencyKey: 'transaction-4711' },
  );
  await expect(reused).rejects.toMatchObject({ code: 'idempotency_key_reused' });
});

it('leads a page and its back end through a capture to a receipt', async () => {
  const nonce = 'order-2026-11-25-0043';
  const { id, pageCode } = await client.createCapture({ purpose: 'liveness', relyingPartyNonce: nonce });
  const page = await SecureBiometricClient.forPage({ baseUrl: api.url, pageCode });
  expect(page.captureId).toBe(id);
  await expect(SecureBiometricClient.forPage({ baseUrl: api.url, pageCode })).rejects.toMatchObject({
    code: 'page_code_invalid',
  });
  await page.client.startCapture(id);
  const frames = await pictures(5);
  expect(await page.client.submitFrames(id, frames)).toMatchObject({ id, state: 'submitted' });
  expect(await page.client.submitFrames(id, frames)).toMatchObject({ id });

  const kinds: string[] = [];
  const waits = [client, page.client].map((each) =>
    each.waitForCapture(id, { onEvent: ({ kind, seq }) => kinds.push(`${seq} ${kind}`) }),
  );
  await new Fixtures(api).decide(id);
  for (const capture of await Promise.all(waits))
    expect(capture).toMatchObject({ state: 'decided', decision: { outcome: 'rejected' } });
  expect(kinds.filter((each) => each === '1 state')).toHaveLength(2);

  const receipt = await client.readReceipt(id);
  const verified = {
    keys: await client.receiptKeys(),
    audience: party.clientId,
    issuer: 'secure-biometric',
    nonce,
  };
  await expect(verifyReceipt(receipt, verified)).resolves.toMatchObject({ jti: id, outcome: 'rejected' });
  await expect(page.client.readReceipt(id)).rejects.toMatchObject({ code: 'insufficient_scope' });
});

it('lists page by page and forgets nobody', async () => {
  const subject = await client.createSubject();
  await client.giveConsent(subject.id, { purpose: 'liveness', noticeVersion: '1' });
  const made: string[] = [];
  for (let i = 0; i < 5; i++)
    made.push((await client.createCapture({ purpose: 'liveness', subjectId: subject.id })).id);
  const listed: string[] = [];
  for await (const { id } of client.listCaptures({ subjectId: subject.id, limit: 2 })) listed.push(id);
  expect(listed).toEqual(made.reverse());
  await client.cancelCapture(made[0] as string);
  expect((await client.waitForCapture(made[0] as string)).state).toBe('cancelled');
  expect(await client.eraseSubject(subject.id)).toMatchObject({ captures: 5 });
  await expect(client.readSubject(subject.id)).rejects.toThrow(ProblemError);
});

it('reaches what it has no method for', async () => {
  const response = await client.call({ method: 'GET', path: '/v1/policies' });
  expect(await response.json()).toMatchObject({ items: [{ version: 0, active: true }] });
});
