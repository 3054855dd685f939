import { Controller, Delete, Get, Header, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Caller as CallerOf, Sessions } from '#access';
import { Caller, CurrentPerson, type Person } from '../access/caller.decorator.js';
import { Documented } from '../openapi/documented.decorator.js';
import { IdPipe } from '../problem/id.pipe.js';
import { SessionListResponse } from './auth.dto.js';

const SESSION_ID = new IdPipe('session_not_found');

@ApiTags('auth')
@Controller('v1/auth/sessions')
export class SessionsController {
  constructor(private readonly sessions: Sessions) {}

  @Get()
  @Header('cache-control', 'no-store')
  @Documented({
    operationId: 'listSessions',
    summary: 'List your own running sessions',
    answers: { 200: { description: 'The sessions, latest use first.', type: SessionListResponse } },
  })
  async list(@CurrentPerson() { tenantId, userId, sessionId }: Person): Promise<SessionListResponse> {
    const sessions = await this.sessions.list(tenantId, userId);
    return { items: sessions.map((session) => ({ ...session, current: session.id === sessionId })) };
  }

  @Delete()
  @Documented({
    operationId: 'endSessions',
    summary: 'End all your sessions, this one too',
    answers: { 204: { description: 'They have ended.' } },
  })
  endAll(@Caller() caller: CallerOf, @CurrentPerson() { userId }: Person): Promise<void> {
    return this.sessions.endAll(caller, userId);
  }

  @Delete(':id')
  @Documented({
    operationId: 'endSession',
    summary: 'End one of your sessions',
    description: 'Its tokens are refused by every process within five seconds.',
    answers: { 204: { description: 'It has ended.' } },
    refusals: ['session_not_found'],
  })
  end(
    @Caller() caller: CallerOf,
    @CurrentPerson() { userId }: Person,
    @Param('id', SESSION_ID) id: string,
  ): Promise<void> {
    return this.sessions.end(caller, userId, id);
  }
}
