import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import {
  type Action,
  ACTIONS,
  type Purpose,
  PURPOSES,
  REFERENCE_MODES,
  type ReferenceMode,
} from '#biometrics';
import {
  CAPTURE_STATES,
  type CaptureState,
  type CreatedCapture,
  FRAME_FORMATS,
  FRAME_LIMITS,
  type Place,
  type StartedCapture,
} from '#captures';
import { type Assurance, ASSURANCES } from '#subjects';
import { EXAMPLE } from '../openapi/example-values.js';
import { Text } from '../openapi/text.decorator.js';
import { IsPlainText } from '../problem/validation.js';

export class CreateCaptureRequest {
  @ApiProperty({ enum: PURPOSES, example: 'verification' })
  @IsIn(PURPOSES)
  purpose!: Purpose;

  @ApiPropertyOptional({
    format: 'uuid',
    example: EXAMPLE.subjectId,
    description: 'Required for enrolment and verification.',
  })
  @IsOptional()
  @IsUUID()
  subjectId?: string;

  @ApiPropertyOptional({
    enum: ASSURANCES,
    example: 'supervised',
    description:
      "Enrolment only: how the person was identified. Default: as for the subject's first reference, or `self_asserted`.",
  })
  @IsOptional()
  @IsIn(ASSURANCES)
  assurance?: Assurance;

  @ApiPropertyOptional({
    enum: REFERENCE_MODES,
    default: 'first',
    example: 'additional',
    description:
      'Enrolment only. `additional` and `replacement` (of all references) need an accepted verification of the subject within the last minutes, whose face the new one must match, or an override.',
  })
  @IsOptional()
  @IsIn(REFERENCE_MODES)
  reference?: ReferenceMode;

  @Text(8, 200, {
    required: false,
    example: 'identity checked at the counter, ticket 4711',
    description:
      'Enrolment of a further reference without verification, with the scope `enrolments:override`: why. It is kept in the audit trail for good, so name no person.',
  })
  @IsPlainText()
  overrideReason?: string;

  @Text(8, 200, {
    required: false,
    example: 'order-2026-11-24-0017',
    description: "The relying party's own nonce, to tie the decision to its transaction.",
  })
  @IsPlainText()
  relyingPartyNonce?: string;
}

@ApiSchema({ name: 'CreatedCapture' })
export class CreatedCaptureResponse implements CreatedCapture {
  @ApiProperty({ format: 'uuid', example: EXAMPLE.captureId })
  id!: string;

  @ApiProperty({
    example: `${EXAMPLE.captureId}.Yk1wT3l6c2V0aGlzaXNhbmV4YW1wbGU`,
    description: "One-time code for the fragment of the page's link, exchanged for a capture credential.",
  })
  pageCode!: string;

  @ApiProperty({ example: EXAMPLE.expiresAt, description: 'The capture must be started before.' })
  expiresAt!: Date;
}

@ApiSchema({ name: 'StartedCapture' })
export class StartedCaptureResponse implements StartedCapture {
  @ApiProperty({ example: 'q5cX0bJ8m3kTn1yVtR2w9A' })
  nonce!: string;

  @ApiProperty({
    enum: ACTIONS,
    isArray: true,
    example: ['turn_left', 'blink', 'open_mouth'],
    description: 'What to perform, in this order; the first frame is neutral.',
  })
  actions!: readonly Action[];

  @ApiProperty({
    example: EXAMPLE.submitBy,
    description: "The submission must begin before this moment of the server's clock.",
  })
  submitBy!: Date;
}

@ApiSchema({
  name: 'SubmittedCapture',
  description: 'Where the capture stands among all that are in flight.',
})
export class SubmittedCaptureResponse implements Place {
  @ApiProperty({ format: 'uuid', example: EXAMPLE.captureId })
  id!: string;

  @ApiProperty({ enum: CAPTURE_STATES, example: 'submitted' })
  state!: CaptureState;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    example: 4,
    description: '1 is next to be decided; 0 is not, or no longer, in flight.',
  })
  position!: number;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    example: 2,
    description:
      'Whole seconds until its decision, as far as the latest ones tell; 0 when it is not in flight.',
  })
  etaSeconds!: number;
}

/** The multipart body of a submission. */
export const FRAMES_BODY = {
  description: `${FRAME_LIMITS.minFrames} to ${FRAME_LIMITS.maxFrames} pictures in the order they were taken, each at most 2 MiB and 16 megapixels.`,
  required: true,
  schema: {
    type: 'object',
    required: ['frames'],
    properties: {
      frames: {
        type: 'array',
        minItems: FRAME_LIMITS.minFrames,
        maxItems: FRAME_LIMITS.maxFrames,
        items: { type: 'string', format: 'binary' },
      },
    },
  },
  encoding: { frames: { contentType: FRAME_FORMATS.map((format) => `image/${format}`).join(', ') } },
};

export class ExchangeRequest {
  @Text(1, 200, {
    example: `${EXAMPLE.captureId}.Yk1wT3l6c2V0aGlzaXNhbmV4YW1wbGU`,
    description: "The one-time code from the page link's fragment.",
  })
  code!: string;
}

@ApiSchema({ name: 'CaptureCredential' })
export class CredentialResponse {
  @ApiProperty({
    example: 'eyJhbGciOiJFUzI1NiIsImtpZCI6…',
    description: 'Bearer token for this one capture.',
  })
  credential!: string;

  @ApiProperty({ enum: ['Bearer'], example: 'Bearer' })
  tokenType!: 'Bearer';

  @ApiProperty({ format: 'uuid', example: EXAMPLE.captureId })
  captureId!: string;

  @ApiProperty({ example: EXAMPLE.expiresAt })
  expiresAt!: Date;
}
