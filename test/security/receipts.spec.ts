import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { decodeJwt, decodeProtectedHeader, type JSONWebKeySet, SignJWT } from 'jose';
import { ReceiptError, type ReceiptFault, verifyReceipt, type VerifyReceiptOptions } from '#client';
import { createPrivateKey } from 'node:crypto';
import { rotateReceiptKeys } from '#receipts';
import { Fixtures } from '../api/support/fixtures.js';
import { pictures } from '../api/support/pictures.js';
import { type RelyingParty, TestApi } from '../api/support/test-api.js';
import { until } from '../support/wait.js';

const NONCE = 'order-2026-11-25-0042';

let api: TestApi;
let party: RelyingParty;
let captureId: string;
let receipt: string;
let keys: JSONWebKeySet;

beforeAll(async () => {
  api = await TestApi.start();
  party = await api.relyingParty();
  captureId = await decided(api, party, { relyingPartyNonce: NONCE });
  receipt = await receiptOf(api, captureId);
  keys = await publishedBy(api);
});
afterAll(() => api.close());

/** A verification that a fixture decided as no match. */
async function decided(
  at: TestApi,
  by: RelyingParty,
  more: { relyingPartyNonce?: string } = {},
): Promise<string> {
  const fixtures = new Fixtures(at);
  const subjectId = await fixtures.enrolledSubject(by);
  const client = at.as(by.token);
  const id = await client.submitted({ purpose: 'verification', subjectId, ...more }, await pictures(5));
  await fixtures.decide(id);
  return id;
}

async function receiptOf(at: TestApi, id: string): Promise<string> {
  const answer = await at.call('GET', `/v1/captures/${id}/receipt`, { token: party.token });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    200,
    expect.stringMatching('application/jwt'),
  ]);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  return answer.text;
}

const publishedBy = async (at: TestApi): Promise<JSONWebKeySet> =>
  (await at.call('GET', '/.well-known/receipt-jwks.json')).body as unknown as JSONWebKeySet;

const verify = (token: string, options: Partial<VerifyReceiptOptions> = {}) =>
  verifyReceipt(token, { keys, audience: party.clientId, ...options });

async function expectFault(attempt: Promise<unknown>, ...faults: ReceiptFault[]): Promise<void> {
  const error = await attempt.then(
    () => 'verified',
    (refused: unknown) => refused,
  );
  expect(error).toBeInstanceOf(ReceiptError);
  expect(faults).toContain((error as ReceiptError).fault);
}

const keyIn = (file: string): { kid: string; key: KeyObject } => {
  const [jwk] = (JSON.parse(readFileSync(file, 'utf8')) as { keys: { kid: string }[] }).keys;
  return { kid: jwk?.kid as string, key: createPrivateKey({ key: jwk as never, format: 'jwk' }) };
};
const fileOf = (secret: 'tokenKeys' | 'receiptKeys'): string => (api.config[secret] as { file: string }).file;

describe('a receipt', () => {
  it('says what was decided, and nothing of the face or the score', async () => {
    expect(decodeProtectedHeader(receipt)).toEqual({
      alg: 'ES256',
      typ: 'decision-receipt+jwt',
      kid: keys.keys[0]?.kid,
    });
    const claims = await verify(receipt, { issuer: 'secure-biometric', nonce: NONCE });
    const [row] = await api.sql<{ decided_at: Date; submission_digest: Buffer; subject_id: string }>(
      'SELECT decided_at, submission_digest, subject_id FROM captures JOIN decisions ON capture_id = id WHERE id = $1',
      [captureId],
    );
    expect(claims).toEqual({
      iss: 'secure-biometric',
      aud: party.clientId,
      jti: captureId,
      iat: Math.floor((row?.decided_at.getTime() ?? NaN) / 1_000),
      sub: expect.stringMatching(/^[\w-]{43}$/) as string,
      purpose: 'verification',
      outcome: 'rejected',
      code: 'not_accepted',
      policy_version: 0,
      pad_level: 'none',
      required_pad_level: 'none',
      enrolment_assurance: null,
      nonce: NONCE,
      input_digest: expect.stringMatching(/^[\w-]{43}$/) as string,
      input_salt: expect.stringMatching(/^[\w-]{22}$/) as string,
      models: [],
    });
    expect(claims.sub).not.toContain(row?.subject_id);
    const commitment = createHash('sha256')
      .update(Buffer.from(claims.input_salt, 'base64url'))
      .update(row?.submission_digest as Buffer)
      .digest('base64url');
    expect(claims.input_digest).toBe(commitment);
  });

  it('always has the same claims for the same decision', async () => {
    const again = await receiptOf(api, captureId);
    expect(decodeJwt(again)).toEqual(decodeJwt(receipt));
  });

  it('names a subject alike within its tenant, and otherwise in another one', async () => {
    const subjectOf = async (by: RelyingParty, id: string) => {
      const { text } = await api.call('GET', `/v1/captures/${id}/receipt`, { token: by.token });
      return decodeJwt(text).sub;
    };
    const mine = await decided(api, party);
    await api.sql(
      'UPDATE captures SET subject_id = (SELECT subject_id FROM captures WHERE id = $2) WHERE id = $1',
      [mine, captureId],
    );
    expect(await subjectOf(party, mine)).toBe(decodeJwt(receipt).sub);
    const stranger = await api.relyingParty();
    expect(await subjectOf(stranger, await decided(api, stranger))).not.toBe(decodeJwt(receipt).sub);
  });

  it('is refused when any one of its characters is another', async () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    for (let at = 0; at < receipt.length; at++) {
      const current = receipt[at] as string;
      // The neighbour in the alphabet differs in the last bit, the one most easily lost.
      const other = current === '.' ? 'A' : (alphabet[alphabet.indexOf(current) ^ 1] as string);
      const changed = receipt.slice(0, at) + other + receipt.slice(at + 1);
      await expectFault(verify(changed), 'malformed', 'bad_signature', 'wrong_type', 'unknown_key');
    }
  });

  it.each<[ReceiptFault, Partial<VerifyReceiptOptions>]>([
    ['wrong_audience', { audience: 'another-client' }],
    ['wrong_issuer', { issuer: 'another-installation' }],
    ['wrong_nonce', { nonce: 'another-transaction' }],
    ['unknown_key', { keys: { keys: [] } }],
  ])('is refused as %s', (fault, options) => expectFault(verify(receipt, options), fault));

  it('without a nonce of the capture satisfies nobody who expects one', async () => {
    const plain = await receiptOf(api, await decided(api, party));
    await expect(verify(plain)).resolves.toMatchObject({ outcome: 'rejected' });
    await expectFault(verify(plain, { nonce: NONCE }), 'wrong_nonce');
  });

  it('signed by a retired key that is still published is valid, also on another node', async () => {
    const own = `${fileOf('receiptKeys')}.rotated`;
    writeFileSync(own, readFileSync(fileOf('receiptKeys'), 'utf8'));
    const node = await TestApi.start({
      databaseUrl: api.config.DATABASE_URL,
      env: {
        RECEIPT_KEYS_FILE: own,
        TOKEN_KEYS_FILE: fileOf('tokenKeys'),
        KEYRING_FILE: (api.config.keyring as { file: string }).file,
      },
    });
    try {
      writeFileSync(own, rotateReceiptKeys(readFileSync(own, 'utf8')));
      await until(async () => (await publishedBy(node)).keys.length === 2);
      const later = await publishedBy(node);
      expect(later.keys.map(({ kid }) => kid)).toEqual([expect.any(String), keys.keys[0]?.kid]);
      await expect(verify(receipt, { keys: later })).resolves.toMatchObject({ jti: captureId });
      const fresh = await receiptOf(node, captureId);
      await expect(verify(fresh, { keys: later })).resolves.toMatchObject({ jti: captureId });
      expect(decodeJwt(fresh)).toEqual(decodeJwt(receipt));
      await expectFault(verify(fresh), 'unknown_key');
      await expectFault(verify(receipt, { keys: { keys: later.keys.slice(0, 1) } }), 'unknown_key');
      writeFileSync(own, '{"keys": "half');
      await until(() => node.log.includes('receipt keys not read again'));
      expect(await publishedBy(node)).toEqual(later);
    } finally {
      await node.close();
    }
  });

  it('is not there before the decision, nor for another tenant', async () => {
    const { id } = await api.as(party.token).create({ purpose: 'liveness' });
    const early = await api.call('GET', `/v1/captures/${id}/receipt`, { token: party.token });
    expect([early.status, early.code]).toEqual([409, 'capture_state_conflict']);
    const { token } = await api.relyingParty();
    const foreign = await api.call('GET', `/v1/captures/${captureId}/receipt`, { token });
    expect([foreign.status, foreign.code]).toEqual([404, 'capture_not_found']);
  });

  it('is no longer served once the subject is erased, but the one handed out still verifies', async () => {
    const id = await decided(api, party);
    const kept = await receiptOf(api, id);
    const [{ subject_id: subjectId } = { subject_id: '' }] = await api.sql<{ subject_id: string }>(
      'SELECT subject_id FROM captures WHERE id = $1',
      [id],
    );
    await api.as(party.token).erase(subjectId);
    const gone = await api.call('GET', `/v1/captures/${id}/receipt`, { token: party.token });
    expect([gone.status, gone.code]).toEqual([404, 'capture_not_found']);
    await expect(verify(kept)).resolves.toMatchObject({ jti: id });
  });
});

describe('receipts and tokens are never taken for each other', () => {
  const claims = () => decodeJwt(receipt);
  const signedBy = (secret: 'tokenKeys' | 'receiptKeys', typ: string | undefined, payload: object) => {
    const { kid, key } = keyIn(fileOf(secret));
    return new SignJWT({ ...payload })
      .setProtectedHeader({ alg: 'ES256', kid, ...(typ && { typ }) })
      .sign(key);
  };

  it('an access token is no receipt: of its own key set, or with its keys taken for ours', async () => {
    const jwks = (await api.call('GET', '/.well-known/jwks.json')).body as unknown as JSONWebKeySet;
    await expectFault(verify(party.token), 'unknown_key');
    await expectFault(verify(party.token, { keys: jwks, audience: 'secure-biometric-api' }), 'wrong_type');
  });

  it.each([undefined, 'JWT', 'at+jwt', 'capture-credential+jwt'])(
    'what a receipt key signed as %s is no receipt',
    async (typ) => expectFault(verify(await signedBy('receiptKeys', typ, claims())), 'wrong_type'),
  );

  it('a receipt is no token, not even signed with a key of tokens or typed as one', async () => {
    const { iss, aud, exp, ...token } = decodeJwt(party.token);
    const forged = [
      receipt,
      await signedBy('tokenKeys', 'decision-receipt+jwt', { ...token, iss, aud, exp }),
      await signedBy('receiptKeys', 'at+jwt', { ...token, iss, aud, exp }),
    ];
    for (const bearer of forged) {
      const answer = await api.call('GET', '/v1/captures', { token: bearer });
      expect([answer.status, answer.code]).toEqual([401, 'unauthenticated']);
    }
    const genuine = await signedBy('tokenKeys', 'at+jwt', { ...token, iss, aud, exp });
    expect((await api.call('GET', '/v1/captures', { token: genuine })).status).toBe(200);
  });

  it('one whose signature is by nobody or of another algorithm is refused', async () => {
    const [, payload] = receipt.split('.') as [string, string, string];
    const header = (members: object) => Buffer.from(JSON.stringify(members)).toString('base64url');
    const { kid } = decodeProtectedHeader(receipt);
    const typ = 'decision-receipt+jwt';
    await expectFault(verify(`${header({ alg: 'none', typ, kid })}.${payload}.`), 'malformed');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const input = `${header({ alg: 'RS256', typ, kid })}.${payload}`;
    const signature = sign('sha256', Buffer.from(input), privateKey).toString('base64url');
    await expectFault(verify(`${input}.${signature}`), 'malformed');
  });

  it('one without an outcome says nothing', async () => {
    const rest = { ...claims(), outcome: undefined };
    await expectFault(verify(await signedBy('receiptKeys', 'decision-receipt+jwt', rest)), 'malformed');
    const odd = { ...claims(), outcome: 'probably' };
    await expectFault(verify(await signedBy('receiptKeys', 'decision-receipt+jwt', odd)), 'malformed');
  });
});
