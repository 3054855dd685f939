import { ApiDocument, UndocumentedAnswerError, type WireAnswer } from './api-document.js';

const ID = '0199e8c8-0000-7000-8000-000000000000';
const SUBJECT = { id: ID, createdAt: '2026-11-24T09:00:00.000Z', enrolled: false };
const PROBLEM = {
  type: 'urn:secure-biometric:problem:subject_not_found',
  title: 'Subject not found',
  status: 404,
  code: 'subject_not_found',
  next: 'Check the subject id.',
  errorId: 'f3a1c1de-5d0c-4b0e-9a55-1d9f6a3c2b10',
};

const answer = (status: number, body: unknown, headers: Record<string, string> = {}): WireAnswer => ({
  status,
  headers: new Headers({
    'content-type':
      status < 400 ? 'application/json; charset=utf-8' : 'application/problem+json; charset=utf-8',
    'x-request-id': ID,
    'ratelimit-limit': '600',
    'ratelimit-policy': '600;w=60',
    'ratelimit-remaining': '599',
    'ratelimit-reset': '60',
    ...headers,
  }),
  text: body === undefined ? '' : JSON.stringify(body),
});
const hold =
  (given: WireAnswer, method = 'GET', target = `/v1/subjects/${ID}`) =>
  () =>
    ApiDocument.committed.expect(method, target, given);
const without = (given: WireAnswer, header: string): WireAnswer => {
  given.headers.delete(header);
  return given;
};

it.each<[string, () => void]>([
  ['an answer', hold(answer(200, SUBJECT))],
  ['one to HEAD', hold(answer(200, undefined), 'HEAD')],
  ['one with a query', hold(answer(200, SUBJECT), 'GET', `http://127.0.0.1:1/v1/subjects/${ID}?x=/y`)],
  ['a refusal', hold(answer(404, PROBLEM))],
  ['a refusal of what is nowhere', hold(answer(404, { ...PROBLEM, code: 'not_found' }), 'GET', '/v1/nope')],
  ['a page', hold(answer(200, 'page', { 'content-type': 'text/html' }), 'GET', '/api/docs')],
])('passes %s', (_what, held) => {
  expect(held).not.toThrow();
});

it.each<[string, RegExp, () => void]>([
  ['a status', /no such status/, hold(answer(418, PROBLEM))],
  ['a member more', /additional properties/, hold(answer(200, { ...SUBJECT, name: 'x' }))],
  ['a member less', /enrolled/, hold(answer(200, { ...SUBJECT, enrolled: undefined }))],
  ['a value', /date-time/, hold(answer(200, { ...SUBJECT, createdAt: 'yesterday' }))],
  ['a media type', /text\/plain/, hold(answer(200, SUBJECT, { 'content-type': 'text/plain' }))],
  [
    'a problem that is no problem',
    /application\/json/,
    hold(answer(404, PROBLEM, { 'content-type': 'application/json' })),
  ],
  ['a header less', /Request-Id/, hold(without(answer(200, SUBJECT), 'x-request-id'))],
  ["another route's code", /body\/code/, hold(answer(404, { ...PROBLEM, code: 'consent_not_found' }))],
  ['a code of another status', /body\/status/, hold(answer(404, { ...PROBLEM, status: 409 }))],
  ['a body where there is none', /a body/, hold(answer(204, {}), 'DELETE', `/v1/captures/${ID}`)],
  ['a route', /no such route/, hold(answer(200, SUBJECT), 'GET', '/v1/secret')],
  ['a method', /no such route/, hold(answer(200, SUBJECT), 'PUT')],
  ['a refusal without a route', /body/, hold(answer(404, { error: 'x' }), 'GET', '/v1/nope')],
])('refuses %s that the document does not have', (_what, message, held) => {
  expect(held).toThrow(UndocumentedAnswerError);
  expect(held).toThrow(message);
});
