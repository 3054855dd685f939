import type { FastifyHelmetOptions } from '@fastify/helmet';
import type { Config } from '#config';

const YEAR_SECONDS = 365 * 24 * 3_600;

/** Headers of every answer; what serves pages to browsers states its own content policy. */
export function securityHeaders({
  tls,
  PUBLIC_URL,
}: Pick<Config, 'tls' | 'PUBLIC_URL'>): FastifyHelmetOptions {
  const isSecure = tls !== undefined || PUBLIC_URL?.startsWith('https:') === true;
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    // Said over plain HTTP it would lock browsers out of an installation that has no TLS.
    strictTransportSecurity: isSecure && { maxAge: YEAR_SECONDS, includeSubDomains: true },
    xFrameOptions: { action: 'deny' },
  };
}
