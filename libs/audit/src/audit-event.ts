/**
 * Who did it: a client of the relying party, the holder of a capture credential, a person who logged in, an operator, the
 * platform itself, or nobody known.
 */
export interface Actor {
  readonly kind: 'client' | 'capture_credential' | 'user' | 'operator' | 'system' | 'anonymous';
  readonly id?: string;
}

export const SYSTEM_ACTOR: Actor = { kind: 'system' };

/** Frozen names of audited deeds: an auditor searches for them. */
export const AUDIT_ACTIONS = [
  'client.created',
  'client.changed',
  'client.secret_rotated',
  'client.previous_secret_ended',
  // Nothing writes it any more; trails from before clients could be enabled again have it.
  'client.revoked',
  'client.disabled',
  'client.enabled',
  'client.token_issued',
  'client.token_refused',
  'tenant.changed',
  'policy.created',
  'policy.activated',
  'policy.simulated',
  'subject.created',
  'subject.erased',
  'subject.attempts_reset',
  'consent.given',
  'consent.withdrawn',
  'capture.created',
  'capture.page_code_exchanged',
  'capture.started',
  'capture.submitted',
  'capture.cancelled',
  'capture.expired',
  'capture.requeued',
  'capture.redriven',
  'capture.decided',
  'capture.artifact_read',
  'capture.labelled',
  'reference.created',
  'webhook_endpoint.created',
  'webhook_endpoint.changed',
  'webhook_endpoint.removed',
  'webhook_endpoint.secret_rotated',
  'webhook_endpoint.disabled',
  'webhook_endpoint.redelivered',
  'reference.deleted',
  'references.rekeyed',
  'enrolment.overridden',
  'duplicate_index.built',
  'duplicate_index.dropped',
  'face_session.opened',
  'face_session.refused',
  'face_session.introspected',
  'face_session.ended',
  'board.link_issued',
  'board.link_exchanged',
  'board.link_refused',
  'board.closed',
  'audit.read',
  'audit.verified',
  'audit.exported',
  'audit.checkpoint_created',
  'user.created',
  'user.roles_changed',
  'user.disabled',
  'user.enabled',
  'user.password_reset',
  'user.password_changed',
  'user.password_refused',
  'user.logged_in',
  'user.login_refused',
  'user.token_refreshed',
  'user.refresh_refused',
  'user.refresh_reused',
  'user.session_ended',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** Done; refused, with the code of the refusal; or failed, by a fault or an outage of ours. */
export const AUDIT_OUTCOMES = ['success', 'refused', 'failure'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

export interface AuditEvent {
  readonly action: AuditAction;
  readonly outcome: AuditOutcome;
  readonly actor: Actor;
  readonly target?: {
    readonly kind:
      | 'client'
      | 'tenant'
      | 'subject'
      | 'consent'
      | 'capture'
      | 'policy'
      | 'policy_simulation'
      | 'webhook_endpoint'
      | 'face_session'
      | 'board_pass'
      | 'user'
      | 'session';
    readonly id: string;
  };
  readonly correlationId?: string;
  /** Scalars only: never personal data, secrets, scores of a person's face or anything derived from one. */
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>;
}
