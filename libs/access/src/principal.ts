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
