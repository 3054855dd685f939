import type { Actor } from '#audit';

/** Everything a client or a person can be allowed to do; a route names the scope it needs. */
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
] as const;
export type Scope = (typeof SCOPES)[number];

/** What a relying party's service gets when nothing else is said: its daily work, no administration and no overrides. */
export const DEFAULT_CLIENT_SCOPES = [
  'subjects:read',
  'subjects:write',
  'consents:write',
  'captures:create',
  'captures:read',
  'captures:review',
  'captures:submit',
  'captures:cancel',
  'captures:label',
  'artifacts:read',
  'enrolments:create',
  'operations:read',
  'face-sessions:create',
  'face-sessions:read',
  'webhooks:read',
  'webhooks:write',
] as const satisfies readonly Scope[];

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
  'attempts:reset': 'Give a subject its verification attempts back',
  'enrolments:override': 'Add a reference without a recent accepted verification; delete references',
  'captures:label': 'Say afterwards what a capture really was',
  'face-sessions:create': 'Open and end sessions on accepted verifications',
  'face-sessions:read': 'Ask whether a session still holds',
  'webhooks:read': 'Read webhook endpoints and their deliveries',
  'webhooks:write': 'Create, change and remove webhook endpoints; deliver again',
  'policies:read': 'Read the policies of decisions',
  'policies:write': 'Create and activate policies',
  'policies:simulate': 'See what another policy would have decided',
  'audit:read': 'Read and verify the audit trail',
  'clients:read': 'Read the services that may call',
  'clients:write': 'Create and disable services and rotate their secrets',
  'users:read': 'Read the people who may log in',
  'users:write': 'Create and disable people and change their roles',
  'tenant:read': "Read the tenant's settings",
  'tenant:write': "Change the tenant's settings",
};

/** Who is calling, as proved by the bearer token. */
export type Principal =
  | {
      readonly kind: 'client';
      readonly tenantId: string;
      readonly clientId: string;
      readonly scopes: ReadonlySet<Scope>;
      /** Of the client's tokens when it was issued: those of any other generation than the client's have been ended. */
      readonly tokenGeneration: number;
    }
  | {
      readonly kind: 'user';
      readonly tenantId: string;
      readonly userId: string;
      readonly sessionId: string;
      readonly scopes: ReadonlySet<Scope>;
    }
  | { readonly kind: 'capture_credential'; readonly tenantId: string; readonly captureId: string };

export function isScope(value: string): value is Scope {
  return (SCOPES as readonly string[]).includes(value);
}

export function actorOf(principal: Principal): Actor {
  switch (principal.kind) {
    case 'client':
      return { kind: 'client', id: principal.clientId };
    case 'user':
      return { kind: 'user', id: principal.userId };
    case 'capture_credential':
      return { kind: 'capture_credential', id: principal.captureId };
  }
}

/** Whether the caller was granted the scope; a capture credential has none. */
export function hasScope(principal: Principal, scope: Scope): boolean {
  return principal.kind !== 'capture_credential' && principal.scopes.has(scope);
}

/** What the caller may do; the holder of a capture credential has no scope. */
export function scopesOf(principal: Principal): ReadonlySet<Scope> {
  return 'scopes' in principal ? principal.scopes : new Set();
}
