import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IssueReceipt } from '#captures';
import { ReceiptSigner } from '#receipts';
import type { Caller as CallerOf } from '#subjects';
import { Caller } from '../access/caller.decorator.js';
import { JwksResponse } from '../oauth/oauth.dto.js';
import { Documented } from '../openapi/documented.decorator.js';
import { IdPipe } from '../problem/id.pipe.js';

const CAPTURE_ID = new IdPipe('capture_not_found');
const MEDIA_TYPE = 'application/jwt';

@ApiTags('receipts')
@Controller()
export class ReceiptsController {
  constructor(
    private readonly receipts: IssueReceipt,
    private readonly signer: ReceiptSigner,
  ) {}

  @Get('v1/captures/:id/receipt')
  @Header('cache-control', 'no-store')
  @Header('content-type', MEDIA_TYPE)
  @Documented({
    operationId: 'readReceipt',
    summary: 'The decision as a signed statement',
    description:
      'A JWS (compact, ES256, `typ: decision-receipt+jwt`) for the client that created the capture, verifiable without us.',
    answers: { 200: { description: 'The receipt.', mediaTypes: [MEDIA_TYPE] } },
    refusals: ['capture_not_found', 'capture_state_conflict'],
  })
  read(@Caller() { tenantId }: CallerOf, @Param('id', CAPTURE_ID) id: string): Promise<string> {
    return this.receipts.execute(tenantId, id);
  }

  @Get('.well-known/receipt-jwks.json')
  @Header('cache-control', 'public, max-age=300')
  @Documented({
    operationId: 'readReceiptKeys',
    summary: 'The public keys that receipts are verified with, retired ones too',
    answers: { 200: { description: 'A JWK set (RFC 7517).', type: JwksResponse } },
  })
  keys(): JwksResponse {
    return { keys: this.signer.published };
  }
}
