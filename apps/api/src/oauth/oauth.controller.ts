import { Body, Controller, Get, Header, HttpCode, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Clients, type PublicJwk, TokenIssuer, TokenKeys } from '#access';
import { ProblemError } from '#errors';
import { GuardsSecret } from '../throttling/limits.js';
import { clientCredentials } from './client-credentials.js';
import { TokenRequest, type TokenResponse } from './oauth.dto.js';

@ApiTags('oauth')
@Controller()
export class OAuthController {
  constructor(
    private readonly clients: Clients,
    private readonly issuer: TokenIssuer,
    private readonly keys: TokenKeys,
  ) {}

  /** Client credentials grant (RFC 6749 §4.4). */
  @Post('v1/oauth/token')
  @HttpCode(200)
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
  @Header('cache-control', 'public, max-age=300')
  jwks(): { keys: readonly PublicJwk[] } {
    return { keys: this.keys.published };
  }
}
