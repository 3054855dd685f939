import type { Scope } from '../principal.js';

export const ROLES = ['admin', 'operator', 'reviewer', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

/** What each role may do, and nothing else: whoever holds several roles may do what any of them may. Frozen by a test. */
export const ROLE_SCOPES: Readonly<Record<Role, readonly Scope[]>> = {
  admin: [
    'users:read',
    'users:write',
    'clients:read',
    'clients:write',
    'tenant:read',
    'tenant:write',
    'policies:read',
    'policies:write',
    'policies:simulate',
    'webhooks:read',
    'webhooks:write',
    'operations:read',
    'audit:read',
  ],
  operator: [
    'subjects:read',
    'subjects:write',
    'consents:write',
    'captures:create',
    'captures:read',
    'captures:submit',
    'captures:cancel',
    'enrolments:create',
    'enrolments:override',
    'attempts:reset',
    'face-sessions:create',
    'face-sessions:read',
    'webhooks:read',
    'policies:read',
    'operations:read',
  ],
  reviewer: [
    'subjects:read',
    'captures:read',
    'captures:review',
    'captures:label',
    'artifacts:read',
    'policies:read',
    'policies:simulate',
  ],
  auditor: ['audit:read', 'users:read', 'clients:read', 'tenant:read', 'policies:read', 'operations:read'],
};

/** The scopes of whoever holds these roles, each once. */
export function scopesOfRoles(roles: readonly Role[]): Scope[] {
  return [...new Set(roles.flatMap((role) => ROLE_SCOPES[role]))];
}
