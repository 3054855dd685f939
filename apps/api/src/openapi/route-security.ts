import { SCOPE_MEANINGS } from '#access';
import type { RouteAccess } from '../access/route-access.js';
import type { Components, SecurityRequirements } from './types.js';

/** How a caller can prove who it is; the tokens of a client are the same whether fetched by the page or pasted into it. */
export const SECURITY_SCHEMES: Components['securitySchemes'] = {
  clientCredentials: {
    type: 'oauth2',
    description: 'A client of a tenant fetches an access token with its id and secret.',
    flows: { clientCredentials: { tokenUrl: '/v1/oauth/token', scopes: { ...SCOPE_MEANINGS } } },
  },
  accessToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token fetched from `POST /v1/oauth/token` or `POST /v1/auth/login` before.',
  },
  person: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'The access token of a person, from `POST /v1/auth/login`, whatever the roles.',
  },
  captureCredential: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      "The page's credential for one capture, from `POST /v1/capture-credentials`; it reaches no other capture.",
  },
  operatorToken: {
    type: 'http',
    scheme: 'bearer',
    description:
      'The token of the operators of the installation, which belongs to no tenant (METRICS_TOKEN).',
  },
  clientSecret: {
    type: 'http',
    scheme: 'basic',
    description: 'Client id and secret; they may stand in the body instead.',
  },
};

/** What the table of routes demands, in the document's words: any one of the requirements is enough. */
export function securityOf(access: RouteAccess): SecurityRequirements {
  if (access === 'public') return [];
  if (access === 'operators') return [{ operatorToken: [] }];
  if (access === 'people') return [{ person: [] }];
  if (!('scope' in access)) throw new Error('The document has no name for this kind of access');
  const scopes = [access.scope];
  return [
    { clientCredentials: scopes },
    { accessToken: scopes },
    ...(access.captureCredential ? [{ captureCredential: [] }] : []),
  ];
}
