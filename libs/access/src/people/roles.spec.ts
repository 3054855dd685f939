import { DEFAULT_CLIENT_SCOPES, SCOPES } from '../principal.js';
import { ROLE_SCOPES, ROLES, scopesOfRoles } from './roles.js';

/** A copy of its own, on purpose: whoever gives a role more has to write it down a second time. */
const FROZEN = {
  admin:
    'users:read users:write clients:read clients:write tenant:read tenant:write policies:read policies:write ' +
    'policies:simulate webhooks:read webhooks:write operations:read audit:read',
  operator:
    'subjects:read subjects:write consents:write captures:create captures:read captures:submit captures:cancel ' +
    'enrolments:create enrolments:override attempts:reset face-sessions:create face-sessions:read webhooks:read policies:read operations:read',
  reviewer:
    'subjects:read captures:read captures:review captures:label artifacts:read policies:read policies:simulate',
  auditor: 'audit:read users:read clients:read tenant:read policies:read operations:read',
};

it('the roles and their scopes are these', () => {
  expect(Object.fromEntries(ROLES.map((role) => [role, ROLE_SCOPES[role].join(' ')]))).toEqual(FROZEN);
});

it('no single role both lets people in and looks at their faces, and an auditor changes nothing', () => {
  for (const role of ROLES) {
    const scopes = scopesOfRoles([role]);
    expect(scopes.includes('users:write') && scopes.includes('artifacts:read')).toBe(false);
  }
  expect(scopesOfRoles(['auditor']).filter((scope) => !scope.endsWith(':read'))).toEqual([]);
});

it('several roles give what any of them gives, once, and none gives nothing', () => {
  const scopes = scopesOfRoles(['auditor', 'reviewer']);
  expect(new Set(scopes)).toEqual(new Set([...ROLE_SCOPES.auditor, ...ROLE_SCOPES.reviewer]));
  expect(scopes.length).toBe(new Set(scopes).size);
  expect(scopesOfRoles([])).toEqual([]);
  expect(scopesOfRoles([...ROLES]).every((scope) => SCOPES.includes(scope))).toBe(true);
});

it('who is admin, operator and reviewer holds all that a service gets by default, and so can make one', () => {
  const held = scopesOfRoles(['admin', 'operator', 'reviewer']);
  expect(DEFAULT_CLIENT_SCOPES.filter((scope) => !held.includes(scope))).toEqual([]);
});
