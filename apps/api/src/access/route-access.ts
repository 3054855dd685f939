import type { Scope } from '#access';
import type { BoardAccess } from '../board/board-gate.js';
import { BOARD_ROUTES } from '../board/board-routes.js';

/**
 * Who may call a route: anybody, the operators of the installation with their own token, people who logged in whatever their roles (in
 * matters of their own), the holder of a scope, and on some routes the capture's own credential too, or an operator's browser with a
 * session of the queue board.
 */
export type RouteAccess =
  | 'public'
  | 'operators'
  | 'people'
  | { readonly scope: Scope; readonly captureCredential?: true }
  | { readonly board: BoardAccess };

/**
 * Every route of the API and who may call it. A route that is not here cannot be served: the process refuses to start, and a
 * frozen test shows any change of this table.
 */
export const ROUTE_ACCESS: Readonly<Record<string, RouteAccess>> = {
  'GET /health/live': 'public',
  'GET /health/ready': 'public',
  'GET /health': 'operators',
  'GET /metrics': 'operators',
  'GET /.well-known/jwks.json': 'public',
  'GET /.well-known/receipt-jwks.json': 'public',
  'GET /.well-known/audit-jwks.json': 'public',
  'GET /api/openapi.json': 'public',
  'GET /api/docs': 'public',
  'GET /api/docs/:asset': 'public',
  'POST /v1/oauth/token': 'public',
  'POST /v1/capture-credentials': 'public',

  'POST /v1/auth/login': 'public',
  'POST /v1/auth/refresh': 'public',
  'POST /v1/auth/logout': 'people',
  'POST /v1/auth/password': 'people',
  'GET /v1/auth/sessions': 'people',
  'DELETE /v1/auth/sessions': 'people',
  'DELETE /v1/auth/sessions/:id': 'people',

  'POST /v1/users': { scope: 'users:write' },
  'GET /v1/users': { scope: 'users:read' },
  'GET /v1/users/:id': { scope: 'users:read' },
  'PATCH /v1/users/:id': { scope: 'users:write' },
  'POST /v1/users/:id/password-reset': { scope: 'users:write' },

  'GET /v1/tenant': { scope: 'tenant:read' },
  'PATCH /v1/tenant': { scope: 'tenant:write' },
  'POST /v1/clients': { scope: 'clients:write' },
  'GET /v1/clients': { scope: 'clients:read' },
  'GET /v1/clients/:id': { scope: 'clients:read' },
  'PATCH /v1/clients/:id': { scope: 'clients:write' },
  'POST /v1/clients/:id/secret': { scope: 'clients:write' },
  'DELETE /v1/clients/:id/previous-secret': { scope: 'clients:write' },
  'POST /v1/clients/:id/disable': { scope: 'clients:write' },
  'POST /v1/clients/:id/enable': { scope: 'clients:write' },

  'POST /v1/subjects': { scope: 'subjects:write' },
  'GET /v1/subjects/:id': { scope: 'subjects:read' },
  'DELETE /v1/subjects/:id': { scope: 'subjects:write' },
  'POST /v1/subjects/:id/consents': { scope: 'consents:write' },
  'GET /v1/subjects/:id/consents': { scope: 'subjects:read' },
  'DELETE /v1/subjects/:id/consents/:consentId': { scope: 'consents:write' },
  'GET /v1/subjects/:id/references': { scope: 'subjects:read' },
  'DELETE /v1/subjects/:id/references/:referenceId': { scope: 'enrolments:override' },

  'GET /v1/subjects/:id/attempts': { scope: 'subjects:read' },
  'POST /v1/subjects/:id/attempts/reset': { scope: 'attempts:reset' },

  'POST /v1/captures': { scope: 'captures:create' },
  'GET /v1/captures': { scope: 'captures:read' },
  'GET /v1/captures/:id': { scope: 'captures:read', captureCredential: true },
  'GET /v1/captures/:id/events': { scope: 'captures:read', captureCredential: true },
  'DELETE /v1/captures/:id': { scope: 'captures:cancel' },
  'POST /v1/captures/:id/start': { scope: 'captures:submit', captureCredential: true },
  'POST /v1/captures/:id/frames': { scope: 'captures:submit', captureCredential: true },
  'GET /v1/captures/:id/artifacts': { scope: 'artifacts:read' },
  'GET /v1/captures/:id/artifacts/:name': { scope: 'artifacts:read' },
  'GET /v1/captures/:id/receipt': { scope: 'captures:read' },
  'POST /v1/captures/:id/label': { scope: 'captures:label' },

  'GET /v1/policies': { scope: 'policies:read' },
  'POST /v1/policies': { scope: 'policies:write' },
  'GET /v1/policies/:version': { scope: 'policies:read' },
  'POST /v1/policies/:version/activate': { scope: 'policies:write' },
  'POST /v1/policies/:version/simulate': { scope: 'policies:simulate' },
  'GET /v1/policy-simulations/:id': { scope: 'policies:simulate' },

  'POST /v1/webhook-endpoints': { scope: 'webhooks:write' },
  'GET /v1/webhook-endpoints': { scope: 'webhooks:read' },
  'GET /v1/webhook-endpoints/:id': { scope: 'webhooks:read' },
  'PATCH /v1/webhook-endpoints/:id': { scope: 'webhooks:write' },
  'DELETE /v1/webhook-endpoints/:id': { scope: 'webhooks:write' },
  'POST /v1/webhook-endpoints/:id/rotate-secret': { scope: 'webhooks:write' },
  'GET /v1/webhook-endpoints/:id/deliveries': { scope: 'webhooks:read' },
  'POST /v1/webhook-endpoints/:id/deliveries/:deliveryId/redeliver': { scope: 'webhooks:write' },
  'POST /v1/webhook-endpoints/:id/redeliver': { scope: 'webhooks:write' },
  'POST /v1/face-sessions': { scope: 'face-sessions:create' },
  'POST /v1/face-sessions/introspect': { scope: 'face-sessions:read' },
  'DELETE /v1/face-sessions/:id': { scope: 'face-sessions:create' },
  'GET /v1/audit': { scope: 'audit:read' },
  'GET /v1/audit/verify': { scope: 'audit:read' },
  'GET /v1/audit/checkpoints': { scope: 'audit:read' },

  ...BOARD_ROUTES,
};

export function accessOf(method: string, route: string | undefined): RouteAccess | undefined {
  return ROUTE_ACCESS[`${method === 'HEAD' ? 'GET' : method} ${route ?? ''}`];
}
