import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Caller as CallerOf, type ConsentEntity, Consents } from '#subjects';
import { Caller } from '../access/caller.decorator.js';
import { Documented } from '../openapi/documented.decorator.js';
import { IdPipe } from '../problem/id.pipe.js';
import { ConsentListResponse, ConsentResponse, GiveConsent } from './subjects.dto.js';

const SUBJECT_ID = new IdPipe('subject_not_found');
const CONSENT_ID = new IdPipe('consent_not_found');

@ApiTags('consents')
@Controller('v1/subjects/:id/consents')
export class ConsentsController {
  constructor(private readonly consents: Consents) {}

  @Post()
  @Documented({
    operationId: 'giveConsent',
    idempotent: true,
    summary: 'Record a consent',
    description: 'The same consent under the same notice is recorded once; a newer notice replaces it.',
    answers: { 201: { description: 'The consent that holds.', type: ConsentResponse } },
    refusals: ['subject_not_found'],
  })
  async give(
    @Caller() caller: CallerOf,
    @Param('id', SUBJECT_ID) id: string,
    @Body() body: GiveConsent,
  ): Promise<ConsentResponse> {
    return view(await this.consents.give(caller, id, body));
  }

  @Get()
  @Documented({
    operationId: 'listConsents',
    summary: 'List the consents of a subject, withdrawn ones too',
    answers: { 200: { description: 'The consents, oldest first.', type: ConsentListResponse } },
    refusals: ['subject_not_found'],
  })
  async list(@Caller() caller: CallerOf, @Param('id', SUBJECT_ID) id: string): Promise<ConsentListResponse> {
    return { items: (await this.consents.list(caller.tenantId, id)).map(view) };
  }

  @Delete(':consentId')
  @Documented({
    operationId: 'withdrawConsent',
    summary: 'Withdraw a consent',
    description: 'Withdrawing twice is no error.',
    answers: { 204: { description: 'It is withdrawn.' } },
    refusals: ['subject_not_found', 'consent_not_found'],
  })
  withdraw(
    @Caller() caller: CallerOf,
    @Param('id', SUBJECT_ID) id: string,
    @Param('consentId', CONSENT_ID) consentId: string,
  ): Promise<void> {
    return this.consents.withdraw(caller, id, consentId);
  }
}

function view({ id, purpose, noticeVersion, givenAt, withdrawnAt }: ConsentEntity): ConsentResponse {
  return { id, purpose, noticeVersion, givenAt, withdrawnAt };
}
