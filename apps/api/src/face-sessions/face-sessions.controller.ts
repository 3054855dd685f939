import { Body, Controller, Delete, Header, Param, Post } from '@nestjs/common';
import { ApiConsumes, ApiTags } from '@nestjs/swagger';
import { type FaceSessionClaims, FaceSessions } from '#face-sessions';
import type { Caller as CallerOf } from '#subjects';
import { Caller } from '../access/caller.decorator.js';
import { Documented } from '../openapi/documented.decorator.js';
import { IdPipe } from '../problem/id.pipe.js';
import {
  IntrospectionRequest,
  IntrospectionResponse,
  OpenedFaceSessionResponse,
  OpenFaceSessionRequest,
} from './face-sessions.dto.js';

const SESSION_ID = new IdPipe('face_session_not_found');

@ApiTags('face-sessions')
@Controller('v1/face-sessions')
export class FaceSessionsController {
  constructor(private readonly sessions: FaceSessions) {}

  @Post()
  @Header('cache-control', 'no-store')
  @Documented({
    operationId: 'openFaceSession',
    idempotent: true,
    summary: 'Open a session on an accepted verification, once',
    answers: { 201: { description: 'The session, with its token.', type: OpenedFaceSessionResponse } },
    refusals: [
      'capture_not_found',
      'consent_required',
      'not_enrolled',
      'verification_required',
      'verification_too_old',
      'verification_used',
    ],
  })
  async open(
    @Caller() caller: CallerOf,
    @Body() { captureId }: OpenFaceSessionRequest,
  ): Promise<OpenedFaceSessionResponse> {
    const { session, token } = await this.sessions.open(caller, captureId);
    const { id, subjectId, expiresAt, endsAt } = session;
    return { id, token, subjectId, idleExpiresAt: endsAt, expiresAt };
  }

  @Post('introspect')
  @ApiConsumes('application/x-www-form-urlencoded', 'application/json')
  @Header('cache-control', 'no-store')
  @Documented({
    operationId: 'introspectFaceSession',
    summary: 'Ask whether a session holds, and for whom (RFC 7662)',
    description:
      'Asking counts as use: the session lasts until it would be idle again. A token that is unknown, ended, expired or of another tenant is `active: false`, and nothing says which.',
    answers: { 200: { description: 'What the session says.', type: IntrospectionResponse } },
  })
  async introspect(
    @Caller() caller: CallerOf,
    @Body() { token }: IntrospectionRequest,
  ): Promise<IntrospectionResponse> {
    const session = await this.sessions.introspect(caller, token);
    return session ? introspection(session, this.sessions.issuer) : { active: false };
  }

  @Delete(':id')
  @Documented({
    operationId: 'endFaceSession',
    summary: 'End a session',
    description: 'Ending twice is no error.',
    answers: { 204: { description: 'It does not hold any more.' } },
    refusals: ['face_session_not_found'],
  })
  end(@Caller() caller: CallerOf, @Param('id', SESSION_ID) id: string): Promise<void> {
    return this.sessions.end(caller, id);
  }
}

function introspection(session: FaceSessionClaims, issuer: string): IntrospectionResponse {
  const { relyingPartyNonce } = session;
  return {
    active: true,
    token_type: 'face_session',
    iss: issuer,
    sub: session.subjectId,
    client_id: session.openedBy,
    jti: session.id,
    iat: epochSeconds(session.openedAt),
    exp: epochSeconds(session.expiresAt),
    idle_exp: epochSeconds(session.endsAt),
    auth_time: epochSeconds(session.authenticatedAt),
    amr: ['face'],
    ...(relyingPartyNonce !== null && { nonce: relyingPartyNonce }),
    pad_level: session.padLevel,
    enrolment_assurance: session.assurance,
  };
}

function epochSeconds(moment: Date): number {
  return Math.floor(moment.getTime() / 1_000);
}
