import { Body, Controller, Header, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { TokenIssuer } from '#access';
import { ExchangePageCode } from '#captures';
import { Documented } from '../openapi/documented.decorator.js';
import { GuardsSecret } from '../throttling/limits.js';
import { CredentialResponse, ExchangeRequest } from './captures.dto.js';

@ApiTags('captures')
@Controller('v1/capture-credentials')
export class CaptureCredentialsController {
  constructor(
    private readonly exchange: ExchangePageCode,
    private readonly issuer: TokenIssuer,
  ) {}

  @Post()
  @Header('cache-control', 'no-store')
  @Documented({
    operationId: 'exchangePageCode',
    summary: "Exchange a page link's one-time code for a capture credential",
    description: 'The credential can start, submit and read this one capture, and nothing else.',
    answers: { 201: { description: 'The credential.', type: CredentialResponse } },
    refusals: ['page_code_invalid', 'unavailable'],
  })
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
