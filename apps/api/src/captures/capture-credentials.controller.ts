import { Body, Controller, Header, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { TokenIssuer } from '#access';
import { ExchangePageCode } from '#captures';
import { GuardsSecret } from '../throttling/limits.js';
import { type CredentialResponse, ExchangeRequest } from './captures.dto.js';

@ApiTags('captures')
@Controller('v1/capture-credentials')
export class CaptureCredentialsController {
  constructor(
    private readonly exchange: ExchangePageCode,
    private readonly issuer: TokenIssuer,
  ) {}

  /** Exchanges a page link's one-time code for a credential that can start, submit and read this one capture. */
  @Post()
  @Header('cache-control', 'no-store')
  @GuardsSecret()
  async create(
    @Body() { code }: ExchangeRequest,
    @Req() request: FastifyRequest,
  ): Promise<CredentialResponse> {
    const { tenantId, captureId, expiresAt } = await this.exchange.execute(code, request.id);
    const credential = await this.issuer.forCapture(tenantId, captureId, expiresAt);
    return { credential, tokenType: 'Bearer', captureId, expiresAt };
  }
}
