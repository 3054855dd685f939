import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Caller as CallerOf, type ConsentEntity, Consents } from '#subjects';
import { Caller } from '../access/caller.decorator.js';
import { IdPipe } from '../problem/id.pipe.js';
import { type ConsentResponse, GiveConsent } from './subjects.dto.js';

const SUBJECT_ID = new IdPipe('subject_not_found');
const CONSENT_ID = new IdPipe('consent_not_found');

@ApiTags('consents')
@Controller('v1/subjects/:id/consents')
export class ConsentsController {
  constructor(private readonly consents: Consents) {}

  @Post()
  async give(
    @Caller() caller: CallerOf,
    @Param('id', SUBJECT_ID) id: string,
    @Body() body: GiveConsent,
  ): Promise<ConsentResponse> {
    return view(await this.consents.give(caller, id, body));
  }

  @Get()
  async list(
    @Caller() caller: CallerOf,
    @Param('id', SUBJECT_ID) id: string,
  ): Promise<{ items: ConsentResponse[] }> {
    return { items: (await this.consents.list(caller.tenantId, id)).map(view) };
  }

  @Delete(':consentId')
  @HttpCode(204)
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
