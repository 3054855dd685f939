import type { PublicJwk } from '#access';

/** The public halves of the keys that sign checkpoints; a class of its own, so that they are never taken for those of tokens. */
export class AuditKeys {
  constructor(readonly published: readonly PublicJwk[]) {}
}
