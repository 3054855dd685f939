import type { Actor } from '#audit';

/** Everything a client can be allowed to do; a route names the scope it needs. */
export const SCOPES = [
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
] as const;
export type Scope = (typeof SCOPES)[number];

/** What a scope lets its holder do, in a few words for people. */
export const SCOPE_MEANINGS: Readonly<Record<Scope, string>> = {
  'subjects:read': 'Read subjects and their consents',
  'subjects:write': 'Create and erase subjects',
  'consents:write': 'Record and withdraw consents',
  'captures:create': 'Create captures; an enrolment needs `enrolments:create` besides',
  'captures:read': 'Read captures and their decisions',
  'captures:review': 'See reasons, scores and signals when reading a capture',
  'captures:submit': 'Start captures and submit their frames',
  'captures:cancel': 'Cancel captures',
  'artifacts:read': 'Read the pictures and meshes that the stages made',
  'enrolments:create': 'Create captures that enrol a subject',
  'operations:read': 'Watch the operation of the platform',
};

/** Who is calling, as proved by the bearer token. */
export type Principal =
  | {
      readonly kind: 'client';
      readonly tenantId: string;
      readonly clientId: string;
      readonly scopes: ReadonlySet<Scope>;
    }
  | { readonly kind: 'capture_credential'; readonly tenantId: string; readonly captureId: string };

export function isScope(value: string): value is Scope {
  return (SCOPES as readonly string[]).includes(value);
}

export function actorOf(principal: Principal): Actor {
  return principal.kind === 'client'
    ? { kind: 'client', id: principal.clientId }
    : { kind: 'capture_credential', id: principal.captureId };
}
