import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsUUID } from 'class-validator';
import { PAD_LEVELS } from '#biometrics';
import { ASSURANCES } from '#subjects';
import { EXAMPLE } from '../openapi/example-values.js';
import { Text } from '../openapi/text.decorator.js';

const SESSION_ID = '0199e8ca-4f5a-7d61-9b32-8c7e6f5a4b06';
const TOKEN = 'q3mZ8vXk1Lr5Tn9wYp2Hs7Jd4Fg6Bc0Ae-UiOyRtEwQ';

export class OpenFaceSessionRequest {
  @ApiProperty({
    format: 'uuid',
    example: EXAMPLE.captureId,
    description: 'An accepted verification, decided within minutes, that opened no session before.',
  })
  @IsUUID()
  captureId!: string;
}

@ApiSchema({ name: 'OpenedFaceSession' })
export class OpenedFaceSessionResponse {
  @ApiProperty({ format: 'uuid', example: SESSION_ID, description: 'To end the session with.' })
  id!: string;

  @ApiProperty({
    example: TOKEN,
    description: 'Opaque; not shown again, but under the same `Idempotency-Key`.',
  })
  token!: string;

  @ApiProperty({ format: 'uuid', example: EXAMPLE.subjectId })
  subjectId!: string;

  @ApiProperty({ example: EXAMPLE.expiresAt, description: 'It ends then unless it is introspected before.' })
  idleExpiresAt!: Date;

  @ApiProperty({ example: EXAMPLE.expiresAt, description: 'It ends then in any case.' })
  expiresAt!: Date;
}

export class IntrospectionRequest {
  @Text(1, 200, { example: TOKEN })
  token!: string;

  @Text(0, 100, {
    required: false,
    example: 'access_token',
    description: 'Allowed by RFC 7662, and without effect.',
  })
  token_type_hint?: string;
}

const EPOCH_SECONDS = { type: 'integer', minimum: 0, example: 1_763_974_862 } as const;

@ApiSchema({
  name: 'Introspection',
  description: 'As RFC 7662, section 2.2, has it. An inactive session has no other member than `active`.',
})
export class IntrospectionResponse {
  @ApiProperty({ example: true, description: 'Whether the session holds at this moment.' })
  active!: boolean;

  @ApiPropertyOptional({ enum: ['face_session'], example: 'face_session' })
  token_type?: 'face_session';

  @ApiPropertyOptional({ example: 'secure-biometric' })
  iss?: string;

  @ApiPropertyOptional({ format: 'uuid', example: EXAMPLE.subjectId, description: 'The subject.' })
  sub?: string;

  @ApiPropertyOptional({ example: EXAMPLE.clientId, description: 'Who opened it.' })
  client_id?: string;

  @ApiPropertyOptional({ format: 'uuid', example: SESSION_ID, description: 'Id of the session.' })
  jti?: string;

  @ApiPropertyOptional({ ...EPOCH_SECONDS, description: 'When it was opened.' })
  iat?: number;

  @ApiPropertyOptional({ ...EPOCH_SECONDS, description: 'It ends then in any case.' })
  exp?: number;

  @ApiPropertyOptional({ ...EPOCH_SECONDS, description: 'It ends then unless it is introspected before.' })
  idle_exp?: number;

  @ApiPropertyOptional({ ...EPOCH_SECONDS, description: 'When the verification was decided.' })
  auth_time?: number;

  @ApiPropertyOptional({
    enum: ['face'],
    isArray: true,
    example: ['face'],
    description: 'How the subject was authenticated (RFC 8176).',
  })
  amr?: readonly 'face'[];

  @ApiPropertyOptional({
    example: 'order-2026-11-24-0017',
    description: "The capture's relyingPartyNonce; absent where it had none.",
  })
  nonce?: string;

  @ApiPropertyOptional({ enum: PAD_LEVELS, example: 'challenge' })
  pad_level?: string;

  @ApiPropertyOptional({ enum: ASSURANCES, example: 'supervised' })
  enrolment_assurance?: string;
}
