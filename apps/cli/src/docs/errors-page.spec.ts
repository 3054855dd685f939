import { ERROR_CODES } from '#errors';
import { refusalsByRoute } from './api-document.js';
import { errorsPage } from './errors-page.js';

const problems = (...codes: string[]) => ({
  content: { 'application/problem+json': { examples: Object.fromEntries(codes.map((code) => [code, {}])) } },
});
const refusals = refusalsByRoute({
  paths: {
    '/a': {
      get: { responses: { 500: { $ref: '#/components/responses/internal' } } },
      post: {
        responses: {
          400: problems('validation_failed'),
          500: problems('internal'),
          429: problems('rate_limited'),
        },
      },
      put: {
        responses: {
          400: problems('validation_failed'),
          500: problems('internal'),
          429: problems('rate_limited'),
        },
      },
    },
    '/b': {
      get: {
        responses: {
          500: problems('internal'),
          429: problems('rate_limited'),
          404: problems('capture_not_found'),
        },
      },
      post: { responses: { 400: problems('validation_failed'), 500: problems('internal') } },
      put: { responses: { 400: problems('validation_failed'), 500: problems('internal') } },
    },
  },
  components: { responses: { internal: problems('internal') } },
});
const rows = new Map(
  errorsPage(refusals)
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const cells = line.split(' | ');
      return [cells[0]?.slice(3, -1), cells.at(-1)?.replace(/ \|$/, '')];
    }),
);

it('has a row for every code of the table, in its order', () => {
  expect([...rows.keys()]).toEqual(Object.keys(ERROR_CODES));
});

it.each([
  ['internal', 'every route'],
  ['validation_failed', 'every `POST` and `PUT`'],
  ['rate_limited', '`POST /a`, `PUT /a`, `GET /b`'],
  ['capture_not_found', '`GET /b`'],
  ['not_found', 'none that is documented'],
])('names the routes of %s as shortly as can be', (code, routes) => {
  expect(rows.get(code)).toBe(routes);
});
