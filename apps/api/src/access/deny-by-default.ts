import type { FastifyInstance, FastifyRequest } from 'fastify';
import passport from 'passport';
import { type ClientStandings, hasScope, type OperatorToken, type Principal } from '#access';
import { ProblemError } from '#errors';
import type { BoardGate } from '../board/board-gate.js';
import type { RefusalLimit } from '../throttling/refusal-limit.js';
import { accessOf, ROUTE_ACCESS, type RouteAccess } from './route-access.js';

const PEOPLE_ONLY = 'Only a person who logged in can do this';

declare module 'fastify' {
  interface FastifyRequest {
    principal?: Principal;
    /** Of the client that calls, where it has a limit of its own. */
    rateLimitPerMinute?: number | null;
  }
}

export interface Admission {
  readonly operators: OperatorToken;
  /** Lets the request through to the queue board or throws. */
  readonly toBoard: BoardGate['admit'];
  /** Lets a client through whose token verifies, or throws because it has been disabled since. */
  readonly client: ClientStandings['admit'];
  /** Counts a refusal for want of a right, or throws because there were too many. */
  readonly countRefusal: RefusalLimit['count'];
}

/**
 * One hook before everything that serves: only routes named public pass without a token, and a path that exists nowhere is refused
 * like one that does, so that nothing can be mapped from outside. Any route missing from the table ends the start.
 */
export function denyByDefault(fastify: FastifyInstance, admit: Admission): void {
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) {
      if (!accessOf(each, url)) throw new Error(`Route ${each} ${url} is missing from ROUTE_ACCESS`);
    }
  });
  fastify.addHook('onRequest', async (request, reply) => {
    const access = accessOf(request.method, request.routeOptions.url);
    if (access === 'public') return;
    if (access === 'operators') {
      if (!admit.operators.admits(request.headers.authorization)) throw new ProblemError('unauthenticated');
      return;
    }
    if (typeof access === 'object' && 'board' in access) return admit.toBoard(request, access.board);
    const principal = await authenticate(request);
    if (principal.kind === 'client')
      request.rateLimitPerMinute = (await admit.client(principal)).rateLimitPerMinute;
    request.principal = principal;
    const refusal = access && refusalOf(principal, access, request.params as { id?: string });
    if (!refusal) return;
    await admit.countRefusal(principal, request, reply);
    throw refusal;
  });
}

/** Runs passport's registered `jwt` strategy. @throws ProblemError unauthenticated, or unavailable when revocation cannot be known */
async function authenticate(request: FastifyRequest): Promise<Principal> {
  const principal = await new Promise<Principal | false | undefined>((resolve, reject) => {
    const done = (error: Error | null, user?: Principal | false) => (error ? reject(error) : resolve(user));
    const middleware = passport.authenticate('jwt', { session: false }, done) as (...args: unknown[]) => void;
    middleware(request.raw, {}, done);
  }).catch((error: unknown) => {
    if (error instanceof ProblemError) throw error;
    return undefined;
  });
  if (!principal) throw new ProblemError('unauthenticated');
  return principal;
}

/** Why the caller may not do this; nothing when it may. */
function refusalOf(
  principal: Principal,
  access: Extract<RouteAccess, { scope: unknown } | 'people'>,
  params: { id?: string },
): ProblemError | undefined {
  if (access === 'people') return principal.kind === 'user' ? undefined : lacking(PEOPLE_ONLY);
  if (principal.kind !== 'capture_credential')
    return hasScope(principal, access.scope) ? undefined : lacking(`Needs scope ${access.scope}`);
  if (!access.captureCredential) return lacking('A capture credential cannot do this');
  return params.id === principal.captureId ? undefined : new ProblemError('capture_not_found');
}

function lacking(detail: string): ProblemError {
  return new ProblemError('insufficient_scope', { detail });
}

/** The routes of the table that no handler serves, other than those switched off: leftovers that would hide a typing error. */
export function unservedRoutes(fastify: FastifyInstance, switchedOff: readonly string[]): string[] {
  const expected = Object.keys(ROUTE_ACCESS).filter((key) => !switchedOff.includes(key));
  return expected.filter((key) => {
    const [method, url] = key.split(' ') as [string, string];
    return !fastify.hasRoute({ method: method, url });
  });
}
