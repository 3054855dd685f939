import { Body, Controller, Get, Header, Post, Req } from '@nestjs/common';
import { ApiConsumes, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Clients, JWKS_MAX_AGE_SECONDS, TokenIssuer, TokenKeys } from '#access';
import { ProblemError } from '#errors';
import { Documented } from '../openapi/documented.decorator.js';
import { GuardsSecret } from '../throttling/limits.js';
import { clientCredentials } from './client-credentials.js';
import { JwksResponse, TokenRequest, TokenResponse } from './oauth.dto.js';

@ApiTags('oauth')
@Controller()
export class OAuthController {
  constructor(
    private readonly clients: Clients,
    private readonly issuer: TokenIssuer,
    private readonly keys: TokenKeys,
  ) {}

  @Post('v1/oauth/token')
  @ApiConsumes('application/x-www-form-urlencoded', 'application/json')
  @ApiSecurity('clientSecret')
  @ApiSecurity({})
  @Documented({
    operationId: 'issueToken',
    summary: 'Exchange client credentials for an access token',
    description: 'Client credentials grant (RFC 6749, section 4.4).',
    answers: { 200: { description: 'A bearer token of a few minutes.', type: TokenResponse } },
    refusals: ['unsupported_grant_type', 'invalid_scope', 'invalid_client', 'unavailable'],
  })
  @Header('cache-control', 'no-store')
  @GuardsSecret()
  async token(@Body() body: TokenRequest, @Req() request: FastifyRequest): Promise<TokenResponse> {
    if (body.grant_type !== 'client_credentials') throw new ProblemError('unsupported_grant_type');
    const credentials = { ...clientCredentials(request, body), scope: body.scope };
    const { token, expiresIn, scopes } = await this.clients.authenticate(
      credentials,
      this.issuer,
      request.id,
    );
    return { access_token: token, token_type: 'Bearer', expires_in: expiresIn, scope: scopes.join(' ') };
  }

  @Get('.well-known/jwks.json')
  @Header('cache-control', `public, max-age=${JWKS_MAX_AGE_SECONDS}`)
  @Documented({
    operationId: 'readKeys',
    summary: 'The public keys that tokens are verified with',
    answers: { 200: { description: 'A JWK set (RFC 7517).', type: JwksResponse } },
  })
  jwks(): JwksResponse {
    return { keys: this.keys.published };
  }
}
