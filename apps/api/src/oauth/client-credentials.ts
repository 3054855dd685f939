import type { FastifyRequest } from 'fastify';
import { ProblemError } from '#errors';
import type { TokenRequest } from './oauth.dto.js';

/** Client credentials from the Basic header or the body (RFC 6749 §2.3.1). @throws ProblemError invalid_client */
export function clientCredentials(
  request: FastifyRequest,
  body: TokenRequest,
): { clientId: string; clientSecret: string } {
  const [clientId, clientSecret] = fromBasicHeader(request.headers.authorization) ?? [
    body.client_id,
    body.client_secret,
  ];
  if (!clientId || !clientSecret) throw new ProblemError('invalid_client');
  return { clientId, clientSecret };
}

function fromBasicHeader(header: string | undefined): [string, string] | undefined {
  const encoded = header?.match(/^Basic ([A-Za-z0-9+/=]+)$/i)?.[1];
  if (!encoded) return undefined;
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return colon < 0 ? undefined : [decoded.slice(0, colon), decoded.slice(colon + 1)];
}
