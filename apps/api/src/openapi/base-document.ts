import type { OpenAPIObject } from '@nestjs/swagger';
import { HEADERS } from './headers.js';
import { refusalExamples, sharedRefusals } from './refusals.js';
import { SECURITY_SCHEMES } from './route-security.js';

const DESCRIPTION = `Answers one question asynchronously: *is the person before this camera alive, and the one who enrolled?*

A relying party creates a **capture**, a page records 5 to 12 frames while the person performs a random challenge, and a chain of
queued jobs turns them into a **decision** with reasons.

- Get a token with \`POST /v1/oauth/token\` (services) or \`POST /v1/auth/login\` (people); every route names the scope it needs.
- Every refusal is \`application/problem+json\` (RFC 9457) with a frozen \`code\`. Without a valid token every address answers 401,
  with one an address that does not exist answers 404 \`not_found\`.
- Every answer carries \`X-Request-Id\`: yours, if you sent one of 8 to 100 letters, digits and \`._-\`.
- Where requests are counted, answers carry \`RateLimit-Limit\`, \`-Remaining\`, \`-Reset\` and \`-Policy\` as
  draft-ietf-httpapi-ratelimit-headers-06 has them; counted is each caller on each route.
- Members and codes may be added within v1, none is renamed or removed.`;

const TAGS = [
  { name: 'oauth', description: 'Tokens of clients, and the keys they are verified with.' },
  { name: 'auth', description: 'People who log in: their sessions and passwords.' },
  { name: 'users', description: 'Who may log in, and with which roles.' },
  { name: 'clients', description: 'The services of the relying party: what they may do, and their secrets.' },
  { name: 'tenant', description: 'What the relying party settles for itself.' },
  { name: 'subjects', description: 'The people, each an opaque id; erased with everything known of them.' },
  { name: 'consents', description: 'What a subject agreed to, recorded before the first capture.' },
  { name: 'captures', description: 'From the challenge to the decision.' },
  { name: 'artifacts', description: 'Pictures and meshes that the stages made; they show the face.' },
  { name: 'receipts', description: 'Decisions as signed statements, and the keys they are verified with.' },
  {
    name: 'policies',
    description: 'Thresholds that decisions are taken by, and what others would have decided.',
  },
  { name: 'webhooks', description: 'Being told of events: signed as Standard Webhooks, at least once each.' },
  { name: 'face-sessions', description: 'Sessions of subjects who were verified.' },
  { name: 'operations', description: 'For load balancers, orchestrators and the operators.' },
];

/** Everything in the document that no single route says. */
export function baseDocument(): Omit<OpenAPIObject, 'paths'> {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Secure Biometric',
      version: '1',
      description: DESCRIPTION,
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    servers: [{ url: '/', description: 'The installation that serves this document.' }],
    tags: TAGS,
    components: {
      securitySchemes: SECURITY_SCHEMES,
      headers: HEADERS,
      responses: sharedRefusals(),
      examples: refusalExamples(),
    },
  };
}
