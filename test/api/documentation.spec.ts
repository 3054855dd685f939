import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCOPES } from '#access';
import { ERROR_CODES } from '#errors';
import { isUndocumented } from '../support/undocumented.js';
import type { Answer } from './support/call.js';
import { servedRoutes } from './support/served-routes.js';
import { TestApi } from './support/test-api.js';

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}
interface Operation {
  readonly operationId: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}

/** The queue board's own, and the answer to an address that does not exist. */
const WITHOUT_ROUTE = [
  'board_link_invalid',
  'board_session_required',
  'origin_refused',
  'board_read_only',
  'not_found',
  'job_not_failed',
];

const committed = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'openapi.json'), 'utf8');
const { paths } = JSON.parse(committed) as Document;
const operations = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({
    ...operation,
    route: `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
  })),
);

let api: TestApi;

beforeAll(async () => (api = await TestApi.start()));
afterAll(() => api.close());

const get = (path: string): Promise<Answer> => api.call('GET', path);

describe('the document', () => {
  it('is the committed one, and public', async () => {
    const { headers, body } = await get('/api/openapi.json');
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(body).toEqual(JSON.parse(committed));
    expect(body['openapi']).toMatch(/^3\.1\./);
  });

  it('has no two classes under one name, of which it would show only one', () => {
    const folder = join(import.meta.dirname, '..', '..', 'apps', 'api', 'src');
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(dto|responses|response)\.ts$/.test(name),
    );
    const names = sources.flatMap((source) =>
      [
        ...readFileSync(join(folder, source), 'utf8').matchAll(
          /(?:@ApiSchema\(\{\s*name: '(\w+)'[^)]*\)\s*)?(?:export )?class (\w+)/g,
        ),
      ].map(([, schema, name]) => schema ?? name),
    );
    expect(names.length).toBeGreaterThan(50);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('has every route that is served, but for what is listed with its reason, and no others', () => {
    const served = servedRoutes(api).filter((route) => {
      const [method, path] = route.split(' ') as [string, string];
      return method !== 'HEAD' && !isUndocumented(path);
    });
    expect(operations.map(({ route }) => route).sort()).toEqual(served.sort());
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  });

  it('names for every route the very scope that opens it', async () => {
    const party = await api.relyingParty();
    const scoped = operations.filter(({ security }) => security.some((each) => 'accessToken' in each));
    expect(scoped.length).toBeGreaterThan(0);
    for (const { route, security } of scoped) {
      const needed = security.flatMap((each) => each['accessToken'] ?? []);
      const others = SCOPES.filter((scope) => !needed.includes(scope));
      const [method, path] = route.split(' ') as [string, string];
      const ask = async (...scopes: (typeof SCOPES)[number][]) =>
        (await api.call(method, path.replaceAll(/:\w+/g, 'x'), { token: await party.tokenWith(...scopes) }))
          .body;
      expect([route, (await ask(...others))['detail']]).toEqual([route, `Needs scope ${needed.join()}`]);
      expect([route, (await ask(...SCOPES.filter((scope) => needed.includes(scope))))['detail']]).not.toEqual(
        [route, expect.stringContaining('Needs scope')],
      );
    }
  });

  it('shows every code of the table but those that no documented route answers', () => {
    const shown = (code: string) => committed.includes(`"#/components/examples/${code}"`);
    expect(Object.keys(ERROR_CODES).filter((code) => !shown(code))).toEqual(WITHOUT_ROUTE);
  });
});
