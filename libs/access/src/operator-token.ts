import { constantTimeEqual } from '#crypto';

const MIN_LENGTH = 32;

/**
 * The operators' own bearer token, for what concerns the whole installation (metrics, health in detail): it belongs to no tenant, so
 * no scope of a tenant's client stands for it. Without one configured nobody is admitted.
 */
export class OperatorToken {
  /** @throws RangeError when it is too short to resist guessing */
  constructor(private readonly token: string | undefined) {
    if (token !== undefined && token.length < MIN_LENGTH)
      throw new RangeError(`METRICS_TOKEN must have at least ${MIN_LENGTH} characters`);
  }

  get isSet(): boolean {
    return this.token !== undefined;
  }

  /** @param authorization the header as it came */
  admits(authorization: string | undefined): boolean {
    const presented = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    return this.token !== undefined && presented !== undefined && constantTimeEqual(presented, this.token);
  }
}
