import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { compactVerify } from 'jose';
import { AuditCheckpoints } from '#audit';
import { auditKeysOf, Platform } from '#platform';
import { sequenceAll } from '../support/audit.js';
import type { Answer } from './support/call.js';
import { type RelyingParty, TestApi } from './support/test-api.js';

interface Entry {
  readonly id: string;
  readonly seq: number | null;
  readonly occurredAt: string;
  readonly action: string;
  readonly outcome: string;
  readonly actor: { readonly kind: string; readonly id: string | null };
  readonly target: { readonly kind: string | null; readonly id: string | null };
  readonly detail: Readonly<Record<string, unknown>>;
}

let api: TestApi;
let party: RelyingParty;
let subjects: string[];

beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api.close());
beforeEach(async () => {
  party = await api.relyingParty();
  subjects = [];
  for (let i = 0; i < 4; i++) subjects.push(await api.as(party.token).subject());
});

const ask = (path: string): Promise<Answer> => api.call('GET', path, { token: party.token });
const list = async (query: string): Promise<{ items: Entry[]; nextCursor: string | null }> =>
  (await ask(`/v1/audit?${query}`)).body as unknown as { items: Entry[]; nextCursor: string | null };
const sequence = () => sequenceAll(api.app.get(Platform).unitOfWork, party.tenantId);

describe('the list', () => {
  it('shows events newest first, with their place once they have one, and no other tenant’s', async () => {
    const { items } = await list('action=subject.created');
    expect(items.map(({ target }) => target.id)).toEqual([...subjects].reverse());
    expect(items[0]).toMatchObject({
      seq: null,
      outcome: 'success',
      actor: { kind: 'client', id: party.clientId },
      target: { kind: 'subject' },
      occurredAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/) as string,
    });
    await sequence();
    expect((await list('action=subject.created')).items.map(({ seq }) => seq)).toEqual([5, 4, 3, 2]);
    const stranger = await api.relyingParty();
    const { body } = await api.call('GET', '/v1/audit', { token: stranger.token });
    expect((body['items'] as Entry[]).map(({ action }) => action)).toEqual(['client.created']);
  });

  it('is cut into pages that miss nothing and show nothing twice', async () => {
    // Events of one and the same microsecond, as concurrent deeds can have.
    const seen: string[] = [];
    let cursor: string | null = '';
    do {
      const page: { items: Entry[]; nextCursor: string | null } = await list(
        `action=subject.created&limit=1${cursor ? `&cursor=${cursor}` : ''}`,
      );
      seen.push(...page.items.map(({ target }) => target.id as string));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual([...subjects].reverse());
  });

  it('is narrowed by what was done, how it ended, by whom, to what and when', async () => {
    await api.call('GET', '/v1/audit', { token: await party.tokenWith() });
    const target = subjects[1] as string;
    const ids = async (query: string) => (await list(query)).items.map((each) => each.target.id);
    expect(await ids(`target=${target}`)).toEqual([target]);
    expect((await list('outcome=refused')).items).toMatchObject([
      { action: 'audit.read', detail: { code: 'insufficient_scope' } },
    ]);
    expect(await ids(`actor=${party.clientId}&action=subject.created`)).toHaveLength(4);
    expect(await ids('actor=nobody')).toEqual([]);
    const [, , third] = (await list('action=subject.created')).items as [Entry, Entry, Entry];
    const moment = new Date(Date.parse(third.occurredAt) + 1).toISOString();
    expect(await ids(`action=subject.created&to=${moment}`)).not.toContain(subjects[3]);
    expect(await ids(`action=subject.created&from=${moment}`)).not.toContain(third.target.id);
  });

  it.each([
    'action=nope',
    'outcome=good',
    'limit=0',
    'limit=201',
    'cursor=zz',
    'from=yesterday',
    'actor=%00',
    'x=1',
  ])('refuses ?%s', async (query) => {
    expect((await ask(`/v1/audit?${query}`)).code).toBe('validation_failed');
  });

  it('is itself in the trail, with what was asked for', async () => {
    await list(`target=${subjects[0]}&outcome=success`);
    const [last] = (await list('action=audit.read')).items;
    expect(last).toMatchObject({
      outcome: 'success',
      actor: { kind: 'client', id: party.clientId },
      detail: { what: 'events', events: 1, filter_target: subjects[0], filter_outcome: 'success' },
    });
  });

  it('does not keep what was typed as an id and is none, which may be a person’s name', async () => {
    await list('actor=erika.mustermann&target=Erika%20Mustermann');
    const [last] = (await list('action=audit.read')).items;
    expect(last?.detail).toMatchObject({ what: 'events', events: 0 });
    expect(JSON.stringify(last)).not.toMatch(/mustermann/i);
  });
});

describe('the verification', () => {
  it('says that all holds, in as many steps as asked for', async () => {
    await sequence();
    const first = (await ask('/v1/audit/verify?limit=3')).body;
    expect(first).toMatchObject({ valid: true, fromSeq: 1, toSeq: 3, headSeq: 5, nextSeq: 4, pending: 0 });
    const second = (await ask('/v1/audit/verify?from=4')).body;
    expect(second).toMatchObject({
      valid: true,
      fault: null,
      fromSeq: 4,
      toSeq: 5,
      nextSeq: null,
      pending: 1,
    });
    expect((await ask('/v1/audit/verify?from=900')).code).toBe('validation_failed');
  });

  it('locates what was changed, and counts it for the operators', async () => {
    await sequence();
    await api.sql(`DO $$ BEGIN SET LOCAL session_replication_role = replica;
      UPDATE audit_events SET target_id = 'somebody-else' WHERE target_id = '${subjects[1]}'; END $$`);
    const { body } = await ask('/v1/audit/verify');
    expect(body).toMatchObject({
      valid: false,
      fault: { kind: 'changed', seq: 3, eventId: expect.any(String) as string },
      toSeq: 2,
      nextSeq: null,
    });
    const [event] = (await list('action=audit.verified')).items;
    expect(event?.detail).toMatchObject({ valid: false, fault: 'changed', faultSeq: 3 });
  });
});

it('checkpoints are listed, and verified with the published keys and a stock library', async () => {
  await sequence();
  const { unitOfWork } = api.app.get(Platform);
  await new AuditCheckpoints(unitOfWork, auditKeysOf(api.config)).create(party.tenantId);
  const { items } = (await ask('/v1/audit/checkpoints')).body as unknown as {
    items: { seq: number; signed: string }[];
  };
  expect(items).toHaveLength(1);
  const { keys } = (await api.call('GET', '/.well-known/audit-jwks.json')).body as unknown as {
    keys: [JsonWebKey & { kid: string }];
  };
  const key = createPublicKey({ key: keys[0], format: 'jwk' });
  const { payload, protectedHeader } = await compactVerify(items[0]?.signed as string, key);
  expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'audit-checkpoint+jwt' });
  const report = (await ask('/v1/audit/verify?limit=5')).body;
  expect(report).toMatchObject({ valid: true, checkpoints: 1, toSeq: 5 });
  expect(JSON.parse(new TextDecoder().decode(payload))).toMatchObject({
    sub: party.tenantId,
    seq: items[0]?.seq,
    hash: report['toHash'],
  });
  expect((await ask(`/v1/audit/checkpoints?before=${items[0]?.seq}`)).body).toEqual({ items: [] });
  // Neither key stands for the other.
  const tokens = (await api.call('GET', '/.well-known/jwks.json')).body as unknown as {
    keys: { kid: string }[];
  };
  expect(tokens.keys.map(({ kid }) => kid)).not.toContain(keys[0].kid);
  expect((await api.call('GET', '/v1/audit', { token: items[0]?.signed as string })).status).toBe(401);
});
