import { Webhook } from 'standardwebhooks';
import { newSecret, signedHeaders } from './signature.js';

const message = { id: 'message-1', at: new Date(), body: '{"type":"capture.decided"}' };

it('is what the official library verifies, with any of the secrets', () => {
  const secrets = [newSecret(), newSecret()];
  const headers = signedHeaders(message, secrets);
  expect(headers['webhook-signature'].split(' ')).toHaveLength(2);
  for (const secret of secrets)
    expect(new Webhook(secret).verify(message.body, headers)).toEqual({ type: 'capture.decided' });
});

it('is what the official library signs', () => {
  const secret = newSecret();
  expect(signedHeaders(message, [secret])['webhook-signature']).toBe(
    new Webhook(secret).sign(message.id, message.at, message.body),
  );
});

it('covers id, time and every byte of the body', () => {
  const secret = newSecret();
  const headers = signedHeaders(message, [secret]);
  const verify = (body: string, changed: object) =>
    new Webhook(secret).verify(body, { ...headers, ...changed });
  expect(() => verify(`${message.body} `, {})).toThrow();
  expect(() => verify(message.body, { 'webhook-id': 'message-2' })).toThrow();
  const later = String(Number(headers['webhook-timestamp']) + 1);
  expect(() => verify(message.body, { 'webhook-timestamp': later })).toThrow();
  expect(() => new Webhook(newSecret()).verify(message.body, headers)).toThrow();
});

it('draws secrets of 256 bits', () => {
  const secrets = Array.from({ length: 50 }, newSecret);
  expect(new Set(secrets).size).toBe(50);
  for (const secret of secrets) {
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(Buffer.from(secret.slice(6), 'base64')).toHaveLength(32);
  }
});
