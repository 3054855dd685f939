import { ERROR_CODES, type ErrorCode, meaningOfCode, ProblemError, type ProblemOptions } from '#errors';
import type { RouteAccess } from '../access/route-access.js';
import { problemBody } from '../problem/problem.js';
import type { RouteNotes } from './documented.decorator.js';
import { headersOf, RATE_LIMIT_HEADERS } from './headers.js';
import type { Components, Response, Responses } from './types.js';

const CODES = Object.keys(ERROR_CODES) as ErrorCode[];
const READS_BODY: readonly string[] = ['POST', 'PUT', 'PATCH', 'DELETE'];
const EXAMPLE_ERROR_ID = 'f3a1c1de-5d0c-4b0e-9a55-1d9f6a3c2b10';
const EXAMPLE_OCCURRENCES: Partial<Record<ErrorCode, ProblemOptions>> = {
  validation_failed: { errors: [{ member: 'subjectId', rule: 'is required for enrolment' }] },
  insufficient_scope: { detail: 'Needs scope captures:create' },
  scope_not_held: { detail: 'Not held: audit:read' },
  frame_too_large: { detail: 'Frame 3 is larger than 2 MiB' },
};

/** Every code a route can refuse or fail with: its own, and those that follow from how it is reached. */
export function refusalsOf(
  method: string,
  access: RouteAccess,
  hasQuery: boolean,
  { refusals, rateLimited }: RouteNotes,
): ErrorCode[] {
  const readsBody = READS_BODY.includes(method);
  const codes = new Set<ErrorCode>([...refusals, 'internal']);
  if (access !== 'public') codes.add('unauthenticated');
  if (typeof access === 'object' || access === 'people') codes.add('insufficient_scope').add('unavailable');
  if (readsBody || hasQuery) codes.add('validation_failed');
  if (readsBody) codes.add('body_too_large').add('unsupported_media_type');
  if (rateLimited) codes.add('rate_limited');
  return CODES.filter((code) => codes.has(code));
}

/** One response for each status among the codes; that of a single code is shared by all routes. */
export function refusalResponses(codes: readonly ErrorCode[]): Responses {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const { status } = meaningOfCode(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, alike]) => [
      status,
      alike.length === 1 ? { $ref: `#/components/responses/${alike[0]}` } : refusalResponse(alike),
    ]),
  );
}

/** The response of each code where it is the only one of its status. */
export function sharedRefusals(): Record<string, Response> {
  return Object.fromEntries(CODES.map((code) => [code, refusalResponse([code])]));
}

/** What each code looks like on the wire. */
export function refusalExamples(): Components['examples'] {
  return Object.fromEntries(
    CODES.map((code) => {
      const problem = new ProblemError(code, EXAMPLE_OCCURRENCES[code]);
      return [code, { summary: meaningOfCode(code).title, value: problemBody(problem, EXAMPLE_ERROR_ID) }];
    }),
  );
}

/** Problem details whose `code` is one of these, all of one status. */
function refusalResponse(codes: readonly ErrorCode[]): Response {
  const meanings = codes.map(meaningOfCode);
  const statuses = [...new Set(meanings.map(({ status }) => status))];
  const passes = meanings.every(({ retryAfterSeconds }) => retryAfterSeconds !== undefined);
  const properties = {
    status: { type: 'integer', enum: statuses, examples: statuses },
    code: { type: 'string', enum: [...codes], examples: [codes[0]] },
  };
  return {
    description: codes.map((code) => `\`${code}\`: ${meaningOfCode(code).when}`).join('\n\n'),
    headers: headersOf([
      'X-Request-Id',
      ...(statuses.includes(401) ? (['WWW-Authenticate'] as const) : []),
      ...(passes ? (['Retry-After'] as const) : []),
      ...(statuses.includes(429) ? RATE_LIMIT_HEADERS : []),
    ]),
    content: {
      'application/problem+json': {
        schema: { allOf: [{ $ref: '#/components/schemas/Problem' }, { type: 'object', properties }] },
        examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
      },
    },
  };
}
