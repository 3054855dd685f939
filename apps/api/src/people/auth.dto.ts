import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, type SessionView } from '#access';
import { EXAMPLE } from '../openapi/example-values.js';
import { Text } from '../openapi/text.decorator.js';
import { IsPlainText } from '../problem/validation.js';

/** What may be sent as a password; whether it can be chosen is for the policy to say. */
const PASSWORD = { format: 'password' } as const;
const MAX_SENT = 4 * MAX_PASSWORD_LENGTH;

export class LoginRequest {
  @Text(1, 100, {
    required: false,
    default: 'default',
    example: 'default',
    description: 'Name of the tenant.',
  })
  @IsPlainText()
  tenant: string = 'default';

  @Text(1, 100, { example: 'alice', description: 'Capitals make no difference.' })
  @IsPlainText()
  name!: string;

  @Text(1, MAX_SENT, { ...PASSWORD, example: 'correct horse battery staple' })
  password!: string;

  @Text(1, 200, {
    required: false,
    format: 'password',
    example: `${EXAMPLE.deviceId}.5b9Q…`,
    description:
      'Of an earlier login from this device: failures of others then do not delay it. One that is not known changes nothing.',
  })
  deviceToken?: string;
}

export class RefreshRequest {
  @Text(1, 200, { format: 'password', example: `${EXAMPLE.sessionId}.x4Vt…` })
  refreshToken!: string;
}

export class ChangePasswordRequest {
  @Text(1, MAX_SENT, { ...PASSWORD, example: 'correct horse battery staple' })
  currentPassword!: string;

  @Text(1, MAX_SENT, {
    ...PASSWORD,
    example: 'seven grey herons over the weir',
    description: `At least ${MIN_PASSWORD_LENGTH} characters of any kind, and none that attackers try first.`,
  })
  newPassword!: string;
}

@ApiSchema({ name: 'SessionTokens' })
export class SessionTokensResponse {
  @ApiProperty({ example: 'eyJhbGciOiJFUzI1NiIsImtpZCI6…' })
  accessToken!: string;

  @ApiProperty({ enum: ['Bearer'], example: 'Bearer' })
  tokenType!: 'Bearer';

  @ApiProperty({ type: 'integer', minimum: 1, example: 900, description: 'Seconds the access token lasts.' })
  expiresIn!: number;

  @ApiProperty({
    example: `${EXAMPLE.sessionId}.x4Vt…`,
    description: 'Works once: exchange it for the next one. Keep it where no script of others can read it.',
  })
  refreshToken!: string;

  @ApiProperty({
    example: 'captures:read captures:review',
    description: 'Of the roles, separated by spaces.',
  })
  scope!: string;

  @ApiProperty({ example: EXAMPLE.sessionExpiresAt, description: 'When the session ends at the latest.' })
  sessionExpiresAt!: Date;

  @ApiProperty({
    example: false,
    description:
      'True with a password that was handed out: nothing is possible but to choose another and refresh.',
  })
  passwordChangeRequired!: boolean;
}

@ApiSchema({ name: 'Login' })
export class LoginResponse extends SessionTokensResponse {
  @ApiPropertyOptional({
    example: `${EXAMPLE.deviceId}.5b9Q…`,
    description: 'Keep it on the device and send it with the next login; absent when the device was known.',
  })
  deviceToken?: string;
}

@ApiSchema({ name: 'Session' })
export class SessionResponse implements SessionView {
  @ApiProperty({ format: 'uuid', example: EXAMPLE.sessionId })
  id!: string;

  @ApiProperty({ type: String, nullable: true, example: 'Mozilla/5.0 (X11; Linux x86_64)…' })
  userAgent!: string | null;

  @ApiProperty({ example: EXAMPLE.createdAt })
  createdAt!: Date;

  @ApiProperty({ example: EXAMPLE.startedAt, description: 'Of its latest refresh.' })
  usedAt!: Date;

  @ApiProperty({ example: EXAMPLE.sessionExpiresAt })
  expiresAt!: Date;

  @ApiProperty({ example: true, description: 'Whether it is the one that asks.' })
  current!: boolean;
}

@ApiSchema({ name: 'SessionList' })
export class SessionListResponse {
  @ApiProperty({ type: [SessionResponse] })
  items!: readonly SessionResponse[];
}
