import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SubjectAttempts } from '#captures';
import type { Caller as CallerOf } from '#subjects';
import { Caller } from '../access/caller.decorator.js';
import { Documented } from '../openapi/documented.decorator.js';
import { IdPipe } from '../problem/id.pipe.js';
import { AttemptsResponse, ResetAttempts } from './attempts.dto.js';

const SUBJECT_ID = new IdPipe('subject_not_found');

@ApiTags('subjects')
@Controller('v1/subjects/:id/attempts')
export class AttemptsController {
  constructor(private readonly attempts: SubjectAttempts) {}

  @Get()
  @Documented({
    operationId: 'readAttempts',
    summary: 'Read how many verification attempts a subject has left',
    answers: { 200: { description: 'What is left of the limits now.', type: AttemptsResponse } },
    refusals: ['subject_not_found'],
  })
  read(@Caller() { tenantId }: CallerOf, @Param('id', SUBJECT_ID) id: string): Promise<AttemptsResponse> {
    return this.attempts.read(tenantId, id);
  }

  @Post('reset')
  @Documented({
    operationId: 'resetAttempts',
    summary: 'Give a subject its verification attempts back',
    description: 'For a person who has shown another factor since. The reset is audited with its reason.',
    answers: { 200: { description: 'What is left of the limits now.', type: AttemptsResponse } },
    refusals: ['subject_not_found'],
  })
  reset(
    @Caller() caller: CallerOf,
    @Param('id', SUBJECT_ID) id: string,
    @Body() { reason }: ResetAttempts,
  ): Promise<AttemptsResponse> {
    return this.attempts.reset(caller, id, reason);
  }
}
