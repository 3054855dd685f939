import { type Answer } from './support/call.js';
import { TestApi } from './support/test-api.js';

describe('the page to try the API out', () => {
  let api: TestApi;
  let page: Answer;

  beforeAll(async () => {
    api = await TestApi.start();
    page = await api.call('GET', '/api/docs');
  });
  afterAll(() => api.close());

  const directives = () =>
    new Map(
      (page.headers.get('content-security-policy') ?? '').split('; ').map((directive) => {
        const [name = '', ...sources] = directive.split(' ');
        return [name, sources] as const;
      }),
    );

  it('is HTML under a policy that lets nothing in from elsewhere', () => {
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(directives().get('default-src')).toEqual(["'none'"]);
    expect(directives().get('script-src')).toEqual(["'self'"]);
    expect(directives().get('connect-src')).toEqual(["'self'"]);
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('has no script and no style of its own, which its policy would not run', () => {
    expect(page.text).not.toMatch(/<style|\son\w+=|javascript:/);
    expect(
      [...page.text.matchAll(/<script(?<attributes>[^>]*)>(?<body>[^<]*)<\/script>/g)].map(
        ({ groups }) => groups?.['body'],
      ),
    ).toEqual(['', '']);
  });

  it('finds all that it refers to, each of its own media type', async () => {
    const referred = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(
      ([, address]) => address as string,
    );
    const found = await Promise.all(
      referred.map(async (address) => {
        const { pathname } = new URL(address, `${api.url}/api/docs`);
        const { status, headers, text } = await api.call('GET', pathname);
        expect(text.length).toBeGreaterThan(0);
        return [address, status, headers.get('content-type')];
      }),
    );
    expect(found).toEqual([
      ['docs/swagger-ui.css', 200, 'text/css; charset=utf-8'],
      ['docs/favicon-32x32.png', 200, 'image/png'],
      ['docs/swagger-ui-bundle.js', 200, 'text/javascript; charset=utf-8'],
      ['docs/start.js', 200, 'text/javascript; charset=utf-8'],
    ]);
  });

  it('serves nothing else of the package', async () => {
    for (const name of [
      'package.json',
      'index.html',
      'swagger-ui.js.map',
      '..%2fpackage.json',
      '__proto__',
      'constructor',
    ]) {
      const { status, code } = await api.call('GET', `/api/docs/${name}`);
      expect([name, status, code]).toEqual([name, 404, 'not_found']);
    }
  });
});

it('is like any address that does not exist where it is switched off', async () => {
  const api = await TestApi.start({ env: { API_DOCS: 'false' } });
  try {
    const { token } = await api.relyingParty();
    for (const path of ['/api/docs', '/api/docs/start.js', '/api/openapi.json']) {
      expect((await api.call('GET', path)).code).toBe('unauthenticated');
      expect((await api.call('GET', path, { token })).code).toBe('not_found');
    }
  } finally {
    await api.close();
  }
});
