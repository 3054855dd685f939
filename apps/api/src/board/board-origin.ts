import type { FastifyRequest } from 'fastify';
import { ProblemError } from '#errors';

type Addressed = Pick<FastifyRequest, 'protocol' | 'host' | 'headers'>;

/** Knows the origin that browsers see: PUBLIC_URL, else the one a request was sent to. */
export class BoardOrigin {
  constructor(private readonly publicUrl: string | undefined) {}

  /**
   * Refuses a request that one of our own pages did not send. Browsers put `Origin` on every request that is not a GET, and no page
   * can forge it; a request without it did not come from a page at all.
   * @throws ProblemError origin_refused
   */
  assertOwn(request: Addressed): void {
    if (request.headers.origin !== this.of(request)) throw new ProblemError('origin_refused');
  }

  /** Whether a cookie may be bound to TLS. */
  isSecure(request: Addressed): boolean {
    return this.of(request).startsWith('https:');
  }

  private of({ protocol, host }: Addressed): string {
    return this.publicUrl ? new URL(this.publicUrl).origin : `${protocol}://${host}`;
  }
}
