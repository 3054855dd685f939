import type { ErrorCode } from '#errors';
import { ROUTE_NOTES } from './documented.decorator.js';
import { finishOperation, type ScannedOperation } from './finish-operation.js';

const scanned = (refusals: ErrorCode[], more: Partial<ScannedOperation> = {}): ScannedOperation => ({
  [ROUTE_NOTES]: { refusals, rateLimited: true },
  responses: { 200: { description: 'It is.' } },
  ...more,
});
const CAPTURE = '/v1/captures/{id}';

it('adds the refusals that follow from how a route is reached', () => {
  const responses = (method: string, path: string) =>
    Object.keys(finishOperation(method, path, scanned([])).responses).map(Number);
  expect(responses('GET', CAPTURE)).toEqual([200, 401, 403, 429, 500, 503]);
  expect(responses('DELETE', CAPTURE)).toEqual([200, 400, 401, 403, 413, 415, 429, 500, 503]);
  expect(responses('GET', '/.well-known/jwks.json')).toEqual([200, 429, 500]);
  expect(responses('GET', '/metrics')).toEqual([200, 401, 429, 500]);
});

it('shares the response of a single code, and makes one of several', () => {
  const { responses } = finishOperation('GET', CAPTURE, scanned(['capture_not_found', 'consent_required']));
  expect(responses[404]).toEqual({ $ref: '#/components/responses/capture_not_found' });
  expect(JSON.stringify(responses[403])).toMatch(/"enum":\["insufficient_scope","consent_required"\]/);
});

it('takes security from the table of routes', () => {
  const security = (method: string, path: string) => finishOperation(method, path, scanned([])).security;
  expect(security('GET', CAPTURE)).toEqual([
    { clientCredentials: ['captures:read'] },
    { accessToken: ['captures:read'] },
    { captureCredential: [] },
  ]);
  expect(security('GET', '/health')).toEqual([{ operatorToken: [] }]);
  expect(security('GET', '/health/live')).toEqual([]);
});

it('takes what stands in a path for the id of what stands before it', () => {
  const parameters = [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }] as const;
  expect(finishOperation('GET', CAPTURE, scanned([], { parameters: [...parameters] })).parameters).toEqual([
    { ...parameters[0], description: 'Id of the capture.', schema: { type: 'string', format: 'uuid' } },
  ]);
});

it('refuses a route that nobody documented, and one that contradicts itself', () => {
  expect(() => finishOperation('GET', CAPTURE, { responses: {} })).toThrow(
    'GET /v1/captures/:id is not documented: give its handler @Documented',
  );
  const twice = scanned([], { responses: { 500: { description: 'An answer.' } } });
  expect(() => finishOperation('GET', CAPTURE, twice)).toThrow('500 is an answer and a refusal');
});
