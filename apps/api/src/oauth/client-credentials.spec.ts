import type { FastifyRequest } from 'fastify';
import { clientCredentials } from './client-credentials.js';
import type { TokenRequest } from './oauth.dto.js';

const ID = '0199e8c8-0000-7000-8000-000000000000';
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
const read = (authorization: string | undefined, body: Partial<TokenRequest> = {}) =>
  clientCredentials({ headers: { authorization } } as FastifyRequest, {
    grant_type: 'client_credentials',
    ...body,
  });
const found = { clientId: ID, clientSecret: 'secret' };

it('are found in the header or in the body, the header first', () => {
  expect(read(basic(`${ID}:secret`))).toEqual(found);
  expect(read(basic(`${ID}:secret`).replace('Basic', 'basic'))).toEqual(found);
  expect(read(undefined, { client_id: ID, client_secret: 'secret' })).toEqual(found);
  expect(read(basic(`${ID}:secret`), { client_id: ID, client_secret: 'other' })).toEqual(found);
});

it('a secret may hold colons', () => {
  expect(read(basic(`${ID}:a:b`)).clientSecret).toBe('a:b');
});

it.each<[string | undefined, Partial<TokenRequest>]>([
  [undefined, {}],
  [undefined, { client_id: ID }],
  [undefined, { client_secret: 'secret' }],
  [basic(ID), {}],
  [basic(`:${ID}`), {}],
  [basic(`${ID}:`), {}],
  ['Basic', {}],
  ['Basic ???', {}],
  [`Bearer ${ID}`, {}],
])('%p and %p are none', (authorization, body) => {
  expect(() => read(authorization, body)).toThrow(
    expect.objectContaining({ code: 'invalid_client' }) as Error,
  );
});
