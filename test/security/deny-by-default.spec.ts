import { ROLE_SCOPES, ROLES, type Scope, TokenIssuer } from '#access';
import { Board } from '../api/support/board.js';
import { type Answer } from '../api/support/call.js';
import { createPerson } from '../api/support/person.js';
import { rawCall } from '../api/support/raw-call.js';
import { servedRoutes } from '../api/support/served-routes.js';
import { type RelyingParty, TestApi } from '../api/support/test-api.js';

/** A copy of its own, on purpose: whoever opens a route to somebody has to write it down a second time. */
const PUBLIC = [
  'GET /api/docs',
  'GET /api/docs/:asset',
  'GET /api/openapi.json',
  'GET /.well-known/jwks.json',
  'GET /.well-known/receipt-jwks.json',
  'GET /.well-known/audit-jwks.json',
  'GET /health/live',
  'GET /health/ready',
  'GET /queues/enter',
  'GET /queues/enter.js',
  'POST /queues/session',
  'POST /v1/auth/login',
  'POST /v1/auth/refresh',
  'POST /v1/capture-credentials',
  'POST /v1/oauth/token',
];
/** For the operators' own token, which no scope stands for. */
const FOR_OPERATORS = ['GET /health', 'GET /metrics'];
/** In matters of their own, whatever their roles; for nobody else. */
const FOR_PEOPLE = [
  'POST /v1/auth/logout',
  'POST /v1/auth/password',
  'GET /v1/auth/sessions',
  'DELETE /v1/auth/sessions',
  'DELETE /v1/auth/sessions/:id',
];
const SCOPE_OF: Record<string, Scope> = {
  'POST /v1/users': 'users:write',
  'GET /v1/users': 'users:read',
  'GET /v1/users/:id': 'users:read',
  'PATCH /v1/users/:id': 'users:write',
  'POST /v1/users/:id/password-reset': 'users:write',
  'GET /v1/tenant': 'tenant:read',
  'PATCH /v1/tenant': 'tenant:write',
  'POST /v1/clients': 'clients:write',
  'GET /v1/clients': 'clients:read',
  'GET /v1/clients/:id': 'clients:read',
  'PATCH /v1/clients/:id': 'clients:write',
  'POST /v1/clients/:id/secret': 'clients:write',
  'DELETE /v1/clients/:id/previous-secret': 'clients:write',
  'POST /v1/clients/:id/disable': 'clients:write',
  'POST /v1/clients/:id/enable': 'clients:write',
  'POST /v1/subjects': 'subjects:write',
  'GET /v1/subjects/:id': 'subjects:read',
  'DELETE /v1/subjects/:id': 'subjects:write',
  'POST /v1/subjects/:id/consents': 'consents:write',
  'GET /v1/subjects/:id/consents': 'subjects:read',
  'DELETE /v1/subjects/:id/consents/:consentId': 'consents:write',
  'GET /v1/subjects/:id/references': 'subjects:read',
  'DELETE /v1/subjects/:id/references/:referenceId': 'enrolments:override',
  'GET /v1/subjects/:id/attempts': 'subjects:read',
  'POST /v1/subjects/:id/attempts/reset': 'attempts:reset',
  'POST /v1/captures': 'captures:create',
  'GET /v1/captures': 'captures:read',
  'GET /v1/captures/:id': 'captures:read',
  'GET /v1/captures/:id/events': 'captures:read',
  'DELETE /v1/captures/:id': 'captures:cancel',
  'POST /v1/captures/:id/start': 'captures:submit',
  'POST /v1/captures/:id/frames': 'captures:submit',
  'GET /v1/captures/:id/artifacts': 'artifacts:read',
  'GET /v1/captures/:id/artifacts/:name': 'artifacts:read',
  'GET /v1/captures/:id/receipt': 'captures:read',
  'POST /v1/captures/:id/label': 'captures:label',
  'GET /v1/policies': 'policies:read',
  'POST /v1/policies': 'policies:write',
  'GET /v1/policies/:version': 'policies:read',
  'POST /v1/policies/:version/activate': 'policies:write',
  'POST /v1/policies/:version/simulate': 'policies:simulate',
  'GET /v1/policy-simulations/:id': 'policies:simulate',
  'POST /v1/webhook-endpoints': 'webhooks:write',
  'GET /v1/webhook-endpoints': 'webhooks:read',
  'GET /v1/webhook-endpoints/:id': 'webhooks:read',
  'PATCH /v1/webhook-endpoints/:id': 'webhooks:write',
  'DELETE /v1/webhook-endpoints/:id': 'webhooks:write',
  'POST /v1/webhook-endpoints/:id/rotate-secret': 'webhooks:write',
  'GET /v1/webhook-endpoints/:id/deliveries': 'webhooks:read',
  'POST /v1/webhook-endpoints/:id/deliveries/:deliveryId/redeliver': 'webhooks:write',
  'POST /v1/webhook-endpoints/:id/redeliver': 'webhooks:write',
  'POST /v1/face-sessions': 'face-sessions:create',
  'POST /v1/face-sessions/introspect': 'face-sessions:read',
  'DELETE /v1/face-sessions/:id': 'face-sessions:create',
  'GET /v1/audit': 'audit:read',
  'GET /v1/audit/verify': 'audit:read',
  'GET /v1/audit/checkpoints': 'audit:read',
};
const FOR_CAPTURE_CREDENTIAL = [
  'GET /v1/captures/:id',
  'GET /v1/captures/:id/events',
  'POST /v1/captures/:id/start',
  'POST /v1/captures/:id/frames',
];
/** What an operator's board session may call; the last four are served to refuse. */
const BOARD: Record<string, 'read' | 're-drive' | 'nobody'> = {
  'GET /queues': 'read',
  'GET /queues/': 'read',
  'GET /queues/metrics-history': 'read',
  'GET /queues/job-schedulers': 'read',
  'GET /queues/queue/:queueName': 'read',
  'GET /queues/queue/:queueName/:jobId': 'read',
  'GET /queues/static/*': 'read',
  'GET /queues/api/redis/stats': 'read',
  'GET /queues/api/queues': 'read',
  'GET /queues/api/job-schedulers': 'read',
  'GET /queues/api/queues/:queueName/metrics': 'read',
  'GET /queues/api/queues/:queueName/default-job-options': 'read',
  'GET /queues/api/queues/:queueName/rate-limit': 'read',
  'GET /queues/api/queues/:queueName/job-data-schema': 'read',
  'GET /queues/api/queues/:queueName/:jobId': 'read',
  'GET /queues/api/queues/:queueName/:jobId/logs': 'read',
  'GET /queues/api/queues/:queueName/:jobId/flow': 'read',
  'PUT /queues/api/queues/:queueName/:jobId/retry': 're-drive',
  'PUT /queues/api/queues/:queueName/retry/failed': 're-drive',
  'DELETE /queues/api/*': 'nobody',
  'PATCH /queues/api/*': 'nobody',
  'POST /queues/api/*': 'nobody',
  'PUT /queues/api/*': 'nobody',
};
const ALL_SCOPES: Scope[] = [
  'subjects:read',
  'subjects:write',
  'consents:write',
  'captures:create',
  'captures:read',
  'captures:review',
  'captures:submit',
  'captures:cancel',
  'artifacts:read',
  'enrolments:create',
  'operations:read',
  'attempts:reset',
  'enrolments:override',
  'captures:label',
  'face-sessions:create',
  'face-sessions:read',
  'webhooks:read',
  'webhooks:write',
  'policies:read',
  'policies:write',
  'policies:simulate',
  'audit:read',
  'clients:read',
  'clients:write',
  'users:read',
  'users:write',
  'tenant:read',
  'tenant:write',
];
const NOWHERE = '0199e8c8-0000-7000-8000-000000000000';

let api: TestApi;
let party: RelyingParty;

beforeAll(async () => {
  // An event stream of a capture that goes on would be read for as long as it may last.
  api = await TestApi.start({ env: { EVENT_STREAM_MAX_MS: '1000' } });
  party = await api.relyingParty();
});
afterAll(() => api.close());

const pathOf = (route: string, id = NOWHERE): string =>
  route
    .replace(':id', id)
    .replace(':asset', 'start.js')
    .replace(':name', 'depth.png')
    .replace(/:queue(Name)?/, 'mesh')
    .replace(/:\w+|\*/g, NOWHERE);
function send(route: string, token?: string, id?: string): Promise<Answer> {
  const [method, path] = route.split(' ') as [string, string];
  return api.call(method, pathOf(path, id), { token });
}

function expectUnauthenticated(answer: Answer): void {
  expect([answer.status, answer.code]).toEqual([401, 'unauthenticated']);
  expect(answer.headers.get('content-type')).toMatch('application/problem+json');
  expect(answer.headers.get('www-authenticate')).toBe('Bearer');
}

/** A body where, without one, the request would be refused before anything foreign is looked for. */
function bodyFor(route: string): { json?: unknown; body?: FormData } {
  switch (route) {
    case 'POST /v1/subjects/:id/consents':
      return { json: { purpose: 'liveness', noticeVersion: '1' } };
    case 'POST /v1/captures/:id/label':
      return { json: { label: 'bona_fide' } };
    case 'POST /v1/subjects/:id/attempts/reset':
      return { json: { reason: 'other_factor' } };
    case 'POST /v1/webhook-endpoints/:id/redeliver':
      return { json: { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' } };
    case 'PATCH /v1/webhook-endpoints/:id':
      return { json: { description: 'changed' } };
    case 'POST /v1/webhook-endpoints/:id/rotate-secret':
      return { json: {} };
    case 'POST /v1/subjects/:id/attempts/reset':
      return { json: { reason: 'other_factor' } };
    default:
      return route.endsWith('/frames') ? { body: new FormData() } : {};
  }
}

it('serves the routes of the list and no others', () => {
  const listed = [
    ...PUBLIC,
    ...FOR_OPERATORS,
    ...FOR_PEOPLE,
    ...Object.keys(SCOPE_OF),
    ...Object.keys(BOARD),
  ];
  const heads = listed
    .filter((route) => route.startsWith('GET '))
    .map((route) => route.replace('GET', 'HEAD'));
  expect(servedRoutes(api).sort()).toEqual([...listed, ...heads].sort());
});

describe('without a token', () => {
  it.each([...FOR_PEOPLE, ...Object.keys(SCOPE_OF)])('%s is refused', async (route) => {
    expectUnauthenticated(await send(route));
    if (route.startsWith('GET ')) expect((await send(route.replace('GET', 'HEAD'))).status).toBe(401);
  });

  it.each(PUBLIC)('%s is not refused', async (route) => {
    const { status, code } = await send(route);
    expect([200, 400]).toContain(status);
    expect(code).not.toBe('unauthenticated');
  });

  it('nothing tells an address that exists from one that does not', async () => {
    for (const path of [
      '/',
      '/v1',
      '/v1/nope',
      '/v1/captures/x/y/z',
      '/api',
      '/metrics',
      '/queues/nope',
      '/queues/api/nope/x',
      '/favicon.ico',
    ])
      expectUnauthenticated(await api.call('GET', path));
  });

  it.each([
    '/v1/captures/../../health/live',
    '/health/../v1/subjects/1',
    '/health/live/../../v1/subjects/1',
    '/health/live/%2e%2e/%2e%2e/v1/subjects/1',
    '/health/live%2f..%2f..%2fv1%2fsubjects%2f1',
    '/v1/subjects/1%2f..%2f..%2f..%2fhealth%2flive',
    '//v1/subjects/1',
    '/v1//subjects/1',
    '//health/live',
    '/health/live/',
    '/health/live/x',
    '/health/live;/v1/subjects/1',
    '/v1/subjects/1;/health/live',
    '/v1/subjects/1?/health/live',
    '/v1/subjects/1?url=/health/live',
    '/HEALTH/LIVE',
    '/V1/subjects/1',
    '/v1/Subjects/1',
    '/v1/subjects/1/',
    '/%76%31/subjects/1',
    '/v1/subjects/%00',
    '/v1/subjects/1%00/health/live',
    '/\\health\\live',
    'http://localhost/v1/subjects/1',
  ])('%s opens nothing', async (target) => {
    expectUnauthenticated(await rawCall(api.url, 'GET', target));
  });

  it('another method opens nothing', async () => {
    for (const method of ['OPTIONS', 'PUT', 'PATCH', 'TRACE', 'PROPFIND', 'DELETE'])
      for (const target of ['/health/live', '/v1/subjects', '/v1/captures/1'])
        expect([method, (await rawCall(api.url, method, target)).status]).toEqual([method, 401]);
    const overridden = {
      'x-http-method-override': 'GET',
      'x-original-url': '/health/live',
      'x-rewrite-url': '/health/live',
    };
    expectUnauthenticated(await rawCall(api.url, 'DELETE', '/v1/subjects/1', overridden));
  });

  it('a token anywhere but in the Authorization header counts for nothing', async () => {
    const { token } = party;
    expectUnauthenticated(await rawCall(api.url, 'GET', `/v1/subjects/${NOWHERE}?access_token=${token}`));
    const misplaced: Record<string, string>[] = [
      { cookie: `access_token=${token}` },
      { 'x-access-token': token },
      { authorization: token },
      { authorization: `Basic ${token}` },
    ];
    for (const headers of misplaced)
      expectUnauthenticated(await rawCall(api.url, 'GET', `/v1/subjects/${NOWHERE}`, headers));
  });

  it('an address that cannot be decoded is refused in the same form, and not repeated', async () => {
    for (const target of ['/v1/captures/%zz', '/health/%', '/v1/captures/%ff%fe']) {
      const answer = await rawCall(api.url, 'GET', target);
      expect([answer.status, answer.code]).toEqual([400, 'validation_failed']);
      expect(answer.headers.get('content-type')).toMatch('application/problem+json');
      expect(answer.text).not.toContain(target);
    }
  });

  it('an id of any length is refused alike', async () => {
    expectUnauthenticated(await rawCall(api.url, 'GET', `/v1/captures/${'a'.repeat(8_000)}`));
    const known = await rawCall(api.url, 'GET', `/v1/captures/${'a'.repeat(8_000)}`, {
      authorization: `Bearer ${party.token}`,
    });
    expect([known.status, known.code]).toEqual([404, 'capture_not_found']);
  });
});

it('with a token, an unknown address is 404', async () => {
  for (const path of ['/', '/v1/nope', '/metrics/', '/queues/nope', '/health/live/']) {
    const answer = await api.call('GET', path, { token: party.token });
    expect([answer.status, answer.code]).toEqual([404, 'not_found']);
  }
});

it.each(FOR_OPERATORS)(
  '%s is closed to every tenant, and to all where no token is configured',
  async (route) => {
    for (const token of [party.token, 'undefined', '']) {
      expectUnauthenticated(await send(route, token));
      expect((await send(route.replace('GET', 'HEAD'), token)).status).toBe(401);
    }
  },
);

describe('a single scope', () => {
  it.each(Object.entries(SCOPE_OF))('%s needs %s and no other', async (route, needed) => {
    for (const scope of ALL_SCOPES) {
      const { status, code, body } = await send(route, await party.tokenWith(scope));
      if (scope === needed) expect([scope, [401, 403].includes(status)]).toEqual([scope, false]);
      else {
        expect([scope, status, code]).toEqual([scope, 403, 'insufficient_scope']);
        expect(body['detail']).toBe(`Needs scope ${needed}`);
      }
    }
  });

  it.each(FOR_PEOPLE)('%s takes none of them: a client is no person', async (route) => {
    const answer = await send(route, party.token);
    expect([answer.status, answer.code]).toEqual([403, 'insufficient_scope']);
  });

  it.each(ROLES)('the role %s opens what its scopes open', async (role) => {
    const { token } = await createPerson(api, { roles: [role] });
    for (const [route, needed] of Object.entries(SCOPE_OF)) {
      const { status } = await send(route, token);
      expect([route, status !== 403]).toEqual([route, ROLE_SCOPES[role].includes(needed)]);
    }
  });

  it('none at all opens nothing', async () => {
    const token = await party.tokenWith();
    for (const route of Object.keys(SCOPE_OF))
      expect((await send(route, token)).code).toBe('insufficient_scope');
  });

  it('an enrolment needs a second one', async () => {
    const json = { purpose: 'enrolment', subjectId: NOWHERE };
    const without = await api.call('POST', '/v1/captures', {
      token: await party.tokenWith('captures:create'),
      json,
    });
    expect([without.status, without.code]).toEqual([403, 'insufficient_scope']);
    const token = await party.tokenWith('captures:create', 'enrolments:create');
    expect((await api.call('POST', '/v1/captures', { token, json })).code).toBe('subject_not_found');
  });
});

describe('a capture credential', () => {
  let own: { id: string; pageCode: string };
  let other: { id: string };
  let credential: string;

  beforeAll(async () => {
    const client = api.as(party.token);
    own = await client.create({ purpose: 'liveness' });
    other = await client.create({ purpose: 'liveness' });
    const answer = await api.call('POST', '/v1/capture-credentials', { json: { code: own.pageCode } });
    credential = String(answer.body['credential']);
  });

  it.each(
    [...FOR_PEOPLE, ...Object.keys(SCOPE_OF)].filter((route) => !FOR_CAPTURE_CREDENTIAL.includes(route)),
  )('cannot %s', async (route) => {
    for (const id of [own.id, other.id]) {
      const answer = await send(route, credential, id);
      expect([answer.status, answer.code]).toEqual([403, 'insufficient_scope']);
    }
  });

  it.each(FOR_CAPTURE_CREDENTIAL)('can %s for its own capture only', async (route) => {
    expect([200, 409, 415]).toContain((await send(route, credential, own.id)).status);
    for (const id of [other.id, NOWHERE, own.id.toUpperCase(), `${own.id}%00`]) {
      const answer = await send(route, credential, id);
      expect([answer.status, answer.code]).toEqual([404, 'capture_not_found']);
    }
  });

  it('never shows what a reviewer sees', async () => {
    expect((await send('GET /v1/captures/:id', credential, own.id)).body).not.toHaveProperty('review');
  });
});

describe("another tenant's token", () => {
  it('sees nothing: the answer is that for an id that never was', async () => {
    const client = api.as(party.token);
    const subjectId = await client.consentingSubject();
    const { id: captureId } = await client.create({ purpose: 'liveness', subjectId });
    const stranger = (await api.relyingParty()).token;
    const hook = await api.call('POST', '/v1/webhook-endpoints', {
      token: party.token,
      json: { url: 'https://relying-party.example/' },
    });
    for (const route of Object.keys(SCOPE_OF).filter((each) => each.includes(':id'))) {
      const id = route.includes('/captures/')
        ? captureId
        : route.includes('/webhook-endpoints/')
          ? String(hook.body['id'])
          : subjectId;
      const [method, path] = route.split(' ') as [string, string];
      const ask = (asked: string) =>
        api.call(method, pathOf(path, asked), { token: stranger, ...bodyFor(route) });
      const [foreign, unknown] = [await ask(id), await ask(NOWHERE)];
      expect([route, foreign.status]).toEqual([route, 404]);
      expect({ ...foreign.body, errorId: '' }).toEqual({ ...unknown.body, errorId: '' });
    }
    const json = { purpose: 'liveness', subjectId };
    expect((await api.call('POST', '/v1/captures', { token: stranger, json })).code).toBe(
      'subject_not_found',
    );
    expect((await client.read(captureId)).state).toBe('created');
    expect((await client.readSubject(subjectId)).id).toBe(subjectId);
  });
});

/** Every route of Fastify's own list with every kind of credential, against the tables above. */
describe('the walk over all that is served', () => {
  const INSIDE = 'inside';
  const KINDS = [
    'nothing',
    'garbage',
    "another tenant's token",
    "another capture's credential",
    'a board session',
    'a board session that may re-drive',
    'a person',
  ];
  let credentials: Record<string, { headers: Record<string, string>; board?: 'read' | 're-drive' }>;
  let captureId: string;

  beforeAll(async () => {
    const client = api.as(party.token);
    captureId = (await client.create({ purpose: 'liveness' })).id;
    const { pageCode } = await client.create({ purpose: 'liveness' });
    const { body } = await api.call('POST', '/v1/capture-credentials', { json: { code: pageCode } });
    const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
    const cookie = async (board: 'read' | 're-drive') => {
      const opened = await Board.open(api, { reDrive: board === 're-drive' });
      return { headers: { cookie: opened.cookie, origin: api.url }, board };
    };
    credentials = {
      nothing: { headers: {} },
      garbage: { headers: { authorization: 'Bearer garbage', cookie: `sb_board=${'A'.repeat(43)}` } },
      "another tenant's token": bearer((await api.relyingParty()).token),
      "another capture's credential": bearer(String(body['credential'])),
      'a board session': await cookie('read'),
      'a board session that may re-drive': await cookie('re-drive'),
    };
    // Of a session that never was, so that ending it on the way does not end the walk.
    const person = {
      tenantId: party.tenantId,
      userId: NOWHERE,
      sessionId: NOWHERE,
      authenticatedAt: new Date(),
    };
    const { token } = await api.app
      .get(TokenIssuer)
      .forUser({ ...person, scopes: ROLE_SCOPES.reviewer }, new Date(Date.now() + 3_600_000));
    credentials['a person'] = bearer(token);
    for (const scope of ALL_SCOPES) credentials[scope] = bearer(await party.tokenWith(scope));
  });

  /** What the tables say, in the words of `outcome`. */
  function allowed(route: string, who: string): string {
    const { board } = credentials[who] as (typeof credentials)[string];
    if (PUBLIC.includes(route)) return INSIDE;
    if (FOR_OPERATORS.includes(route)) return '401 unauthenticated';
    if (FOR_PEOPLE.includes(route)) {
      if (who === 'a person') return INSIDE;
      return authenticated(who) ? '403 insufficient_scope' : '401 unauthenticated';
    }
    const needed = BOARD[route];
    if (needed) {
      if (!board) return '401 board_session_required';
      return needed === 'read' || needed === board ? INSIDE : '403 board_read_only';
    }
    if (!authenticated(who)) return '401 unauthenticated';
    if (who === 'a person')
      return ROLE_SCOPES.reviewer.includes(SCOPE_OF[route] as Scope) ? INSIDE : '403 insufficient_scope';
    if (who.startsWith('another')) {
      const entitled = who.includes('tenant') || FOR_CAPTURE_CREDENTIAL.includes(route);
      if (!entitled) return '403 insufficient_scope';
      return route.includes('/:id') ? '404' : INSIDE;
    }
    return SCOPE_OF[route] === who ? INSIDE : '403 insufficient_scope';
  }

  function authenticated(who: string): boolean {
    return who !== 'garbage' && credentials[who]?.headers['authorization'] !== undefined;
  }

  /** 401 and 403 by their code, a foreign thing as not there, everything else as let in. */
  function outcome({ status, code }: Answer, expected: string): string {
    if (status === 401 || status === 403) return `${status} ${String(code)}`;
    return expected === '404' ? String(status) : INSIDE;
  }

  it.each([...KINDS, ...ALL_SCOPES])('finds with %s what the tables allow, and nothing else', async (who) => {
    const walked = servedRoutes(api).filter((route) => !route.startsWith('HEAD '));
    expect(walked.length).toBeGreaterThan(40);
    const found: Record<string, string> = {};
    const expected: Record<string, string> = {};
    for (const route of walked) {
      const [method, path] = route.split(' ') as [string, string];
      const { headers } = credentials[who] as (typeof credentials)[string];
      const asked = api.call(method, pathOf(path, captureId), { headers, ...bodyFor(route) });
      expected[route] = allowed(route, who);
      found[route] = outcome(await asked, expected[route]);
    }
    expect(found).toEqual(expected);
  });

  it('is done with every credential there is', () => {
    expect(Object.keys(credentials).sort()).toEqual([...KINDS, ...ALL_SCOPES].sort());
  });

  it('tells HEAD no more than GET', async () => {
    const walked = servedRoutes(api).filter((route) => route.startsWith('GET '));
    for (const who of ['nothing', 'garbage', "another tenant's token", 'a board session']) {
      const { headers } = credentials[who] as (typeof credentials)[string];
      for (const route of walked) {
        const path = pathOf(route.slice('GET '.length), captureId);
        const [get, head] = [
          await api.call('GET', path, { headers }),
          await api.call('HEAD', path, { headers }),
        ];
        expect([who, route, head.status, head.text]).toEqual([who, route, get.status, '']);
      }
    }
  });
});
