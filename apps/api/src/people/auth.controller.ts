import { Body, Controller, Header, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import {
  type Caller as CallerOf,
  LogIn,
  RefreshSession,
  Sessions,
  type SessionTokens,
  UserPasswords,
} from '#access';
import { Caller, CurrentPerson, type Person } from '../access/caller.decorator.js';
import { Documented } from '../openapi/documented.decorator.js';
import { GuardsSecret } from '../throttling/limits.js';
import {
  ChangePasswordRequest,
  LoginRequest,
  LoginResponse,
  RefreshRequest,
  SessionTokensResponse,
} from './auth.dto.js';

const MAX_USER_AGENT = 200;

@ApiTags('auth')
@Controller('v1/auth')
export class AuthController {
  constructor(
    private readonly logIn: LogIn,
    private readonly refreshSession: RefreshSession,
    private readonly sessions: Sessions,
    private readonly passwords: UserPasswords,
  ) {}

  @Post('login')
  @Header('cache-control', 'no-store')
  @Documented({
    operationId: 'logIn',
    summary: 'Log a person in by name and password',
    description:
      'After failures the next try has to wait, for the account and for the address; never for ever.',
    answers: { 200: { description: 'The tokens of a new session.', type: LoginResponse } },
    refusals: ['invalid_credentials', 'login_delayed', 'login_busy', 'unavailable'],
  })
  @GuardsSecret()
  async login(@Body() body: LoginRequest, @Req() request: FastifyRequest): Promise<LoginResponse> {
    const { deviceToken, ...tokens } = await this.logIn.execute(body, {
      address: request.ip,
      userAgent: request.headers['user-agent']?.slice(0, MAX_USER_AGENT),
      correlationId: request.id,
    });
    return { ...view(tokens), ...(deviceToken && { deviceToken }) };
  }

  @Post('refresh')
  @Header('cache-control', 'no-store')
  @Documented({
    operationId: 'refreshSession',
    summary: 'Exchange a refresh token for the next one and a fresh access token',
    description:
      'Each works once. For ten seconds a second exchange gives the same next token, unless that was used already: so that two tabs, or a ' +
      'repeated request, are no harm. Any other second use ends the session.',
    answers: { 200: { description: 'The tokens to go on with.', type: SessionTokensResponse } },
    refusals: ['refresh_token_invalid', 'unavailable'],
  })
  @GuardsSecret()
  async refresh(
    @Body() { refreshToken }: RefreshRequest,
    @Req() request: FastifyRequest,
  ): Promise<SessionTokensResponse> {
    return view(await this.refreshSession.execute(refreshToken, request.id));
  }

  @Post('logout')
  @Documented({
    operationId: 'logOut',
    summary: 'End the session of this access token',
    description: 'Its tokens are refused by every process within five seconds.',
    answers: { 204: { description: 'It has ended.' } },
    refusals: ['session_not_found'],
  })
  logout(@Caller() caller: CallerOf, @CurrentPerson() { userId, sessionId }: Person): Promise<void> {
    return this.sessions.end(caller, userId, sessionId);
  }

  @Post('password')
  @Documented({
    operationId: 'changePassword',
    summary: 'Choose another password',
    description: 'Every other session of the person ends. Refresh afterwards if the old one was handed out.',
    answers: { 204: { description: 'It is changed.' } },
    refusals: ['invalid_credentials', 'password_refused', 'login_delayed', 'login_busy'],
  })
  @GuardsSecret()
  changePassword(
    @Caller() caller: CallerOf,
    @CurrentPerson() person: Person,
    @Body() body: ChangePasswordRequest,
  ): Promise<void> {
    return this.passwords.change(caller, person, { current: body.currentPassword, next: body.newPassword });
  }
}

function view({ scopes, ...tokens }: SessionTokens): SessionTokensResponse {
  return { ...tokens, tokenType: 'Bearer', scope: scopes.join(' ') };
}
