import type { AuditAction, AuditEvent } from '#audit';
import type { ErrorCode } from '#errors';
import { BOARD_ROUTES } from '../board/board-routes.js';

/** What a route leaves in the audit trail. */
export interface RouteAudit {
  /** The first is also the action of a refusal; the others follow from it in the same deed. */
  readonly actions: readonly [AuditAction, ...AuditAction[]];
  /** Kind of the thing the path's `:id` names. */
  readonly target?: NonNullable<AuditEvent['target']>['kind'];
  /** Refusals that the use case records itself, because it knows more of them. */
  readonly ownRefusals?: readonly ErrorCode[];
}

/** Why a route leaves nothing there. */
export interface Unaudited {
  readonly unaudited: string;
}

const audits = (target: RouteAudit['target'], ...actions: [AuditAction, ...AuditAction[]]): RouteAudit => ({
  actions,
  target,
});
const reads = (what: string): Unaudited => ({ unaudited: `reads ${what}` });

/**
 * Every route and what of it is audited: all that change something, and the reads that show biometric data or the trail itself. A test
 * holds the table against that of the routes, so that none is forgotten.
 */
export const ROUTE_AUDIT: Readonly<Record<string, RouteAudit | Unaudited>> = {
  'GET /health/live': reads('one word'),
  'GET /health/ready': reads('one word'),
  'GET /health': reads('the state of the installation, nothing of a tenant'),
  'GET /metrics': reads('figures, nothing of a tenant'),
  'GET /.well-known/jwks.json': reads('public keys'),
  'GET /.well-known/audit-jwks.json': reads('public keys'),
  'GET /.well-known/receipt-jwks.json': reads('public keys'),
  'GET /api/openapi.json': reads('the documentation'),
  'GET /api/docs': reads('the documentation'),
  'GET /api/docs/:asset': reads('the documentation'),

  'POST /v1/oauth/token': audits(undefined, 'client.token_issued', 'client.token_refused'),
  'POST /v1/capture-credentials': audits(undefined, 'capture.page_code_exchanged'),

  'POST /v1/auth/login': audits(undefined, 'user.logged_in', 'user.login_refused'),
  'POST /v1/auth/refresh': audits(
    undefined,
    'user.token_refreshed',
    'user.refresh_refused',
    'user.refresh_reused',
  ),
  'POST /v1/auth/logout': audits(undefined, 'user.session_ended'),
  'POST /v1/auth/password': {
    ...audits(undefined, 'user.password_changed', 'user.password_refused'),
    ownRefusals: ['invalid_credentials'],
  },
  'GET /v1/auth/sessions': reads('sessions of the person who asks'),
  'DELETE /v1/auth/sessions': audits(undefined, 'user.session_ended'),
  'DELETE /v1/auth/sessions/:id': audits('session', 'user.session_ended'),

  'POST /v1/users': audits(undefined, 'user.created'),
  'GET /v1/users': reads('names and roles of the people who run the installation'),
  'GET /v1/users/:id': reads('name and roles of one of them'),
  'PATCH /v1/users/:id': audits('user', 'user.roles_changed', 'user.disabled', 'user.enabled'),
  'POST /v1/users/:id/password-reset': audits('user', 'user.password_reset'),

  'GET /v1/tenant': reads('settings'),
  'PATCH /v1/tenant': audits(undefined, 'tenant.changed'),
  'POST /v1/clients': audits(undefined, 'client.created'),
  'GET /v1/clients': reads('names and scopes of services'),
  'GET /v1/clients/:id': reads('name and scopes of a service'),
  'PATCH /v1/clients/:id': audits('client', 'client.changed'),
  'POST /v1/clients/:id/secret': audits('client', 'client.secret_rotated'),
  'DELETE /v1/clients/:id/previous-secret': audits('client', 'client.previous_secret_ended'),
  'POST /v1/clients/:id/disable': audits('client', 'client.disabled'),
  'POST /v1/clients/:id/enable': audits('client', 'client.enabled'),

  'POST /v1/subjects': audits(undefined, 'subject.created'),
  'GET /v1/subjects/:id': reads('an opaque id and whether it is enrolled'),
  'DELETE /v1/subjects/:id': audits('subject', 'subject.erased'),
  'POST /v1/subjects/:id/consents': audits('subject', 'consent.given', 'consent.withdrawn'),
  'GET /v1/subjects/:id/consents': reads('consents, no personal data'),
  'GET /v1/subjects/:id/references': reads('where references came from, nothing of a face'),
  'DELETE /v1/subjects/:id/references/:referenceId': audits('subject', 'reference.deleted'),
  'DELETE /v1/subjects/:id/consents/:consentId': audits('subject', 'consent.withdrawn'),
  'GET /v1/subjects/:id/attempts': reads('counts'),
  'POST /v1/subjects/:id/attempts/reset': audits('subject', 'subject.attempts_reset'),

  'POST /v1/captures': audits(undefined, 'capture.created', 'enrolment.overridden'),
  'GET /v1/captures': reads('states and decisions, without scores'),
  'GET /v1/captures/:id': reads('numbers, even for reviewers; asked again and again while somebody waits'),
  'GET /v1/captures/:id/events': reads('states and stages, without scores'),
  'DELETE /v1/captures/:id': audits('capture', 'capture.cancelled'),
  'POST /v1/captures/:id/start': audits('capture', 'capture.started'),
  'POST /v1/captures/:id/frames': audits('capture', 'capture.submitted'),
  'GET /v1/captures/:id/receipt': reads('what the capture says too, signed; no scores'),
  'POST /v1/captures/:id/label': audits('capture', 'capture.labelled'),
  'GET /v1/captures/:id/artifacts': reads('names'),
  'GET /v1/captures/:id/artifacts/:name': audits('capture', 'capture.artifact_read'),

  'POST /v1/face-sessions': {
    ...audits(undefined, 'face_session.opened', 'face_session.refused'),
    ownRefusals: [
      'consent_required',
      'not_enrolled',
      'verification_required',
      'verification_too_old',
      'verification_used',
    ],
  },
  'POST /v1/face-sessions/introspect': audits(undefined, 'face_session.introspected'),
  'DELETE /v1/face-sessions/:id': audits('face_session', 'face_session.ended'),

  'POST /v1/webhook-endpoints': audits(undefined, 'webhook_endpoint.created'),
  'GET /v1/webhook-endpoints': reads('addresses and states of endpoints'),
  'GET /v1/webhook-endpoints/:id': reads('address and state of an endpoint'),
  'PATCH /v1/webhook-endpoints/:id': audits('webhook_endpoint', 'webhook_endpoint.changed'),
  'DELETE /v1/webhook-endpoints/:id': audits('webhook_endpoint', 'webhook_endpoint.removed'),
  'POST /v1/webhook-endpoints/:id/rotate-secret': audits(
    'webhook_endpoint',
    'webhook_endpoint.secret_rotated',
  ),
  'GET /v1/webhook-endpoints/:id/deliveries': reads('attempts, without what was delivered'),
  'POST /v1/webhook-endpoints/:id/redeliver': audits('webhook_endpoint', 'webhook_endpoint.redelivered'),
  'POST /v1/webhook-endpoints/:id/deliveries/:deliveryId/redeliver': audits(
    'webhook_endpoint',
    'webhook_endpoint.redelivered',
  ),

  'GET /v1/policies': reads('thresholds'),
  'POST /v1/policies': audits(undefined, 'policy.created'),
  'GET /v1/policies/:version': reads('thresholds'),
  'POST /v1/policies/:version/activate': audits(undefined, 'policy.activated'),
  'POST /v1/policies/:version/simulate': audits(undefined, 'policy.simulated'),
  'GET /v1/policy-simulations/:id': reads('counts, rounded unless a reviewer asked for exact ones'),

  'GET /v1/audit': audits(undefined, 'audit.read'),
  'GET /v1/audit/verify': audits(undefined, 'audit.verified'),
  'GET /v1/audit/checkpoints': audits(undefined, 'audit.read'),

  ...boardAudit(),
};

function boardAudit(): Record<string, RouteAudit | Unaudited> {
  const reDrive = audits(undefined, 'capture.redriven');
  const nothing: Unaudited = { unaudited: 'reads ids and counts of the queue, or is served to refuse' };
  return {
    ...Object.fromEntries(Object.keys(BOARD_ROUTES).map((route) => [route, nothing])),
    'POST /queues/session': audits(undefined, 'board.link_exchanged', 'board.link_refused'),
    'PUT /queues/api/queues/:queueName/:jobId/retry': reDrive,
    'PUT /queues/api/queues/:queueName/retry/failed': reDrive,
  };
}

/** What a served route leaves in the trail; nothing for those that say why, and for addresses that are no route. */
export function auditOf(method: string, route: string | undefined): RouteAudit | undefined {
  const entry = ROUTE_AUDIT[`${method === 'HEAD' ? 'GET' : method} ${route ?? ''}`];
  return entry && 'actions' in entry ? entry : undefined;
}
