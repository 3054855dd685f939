import type { Actor } from '#audit';

/** Who asks for an administrative deed, as the audit trail records it. */
export interface Caller {
  readonly tenantId: string;
  readonly actor: Actor;
  readonly correlationId?: string;
}
