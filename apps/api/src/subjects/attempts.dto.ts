import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { type AttemptsView, RESET_REASONS, type ResetReason } from '#captures';
import { EXAMPLE } from '../openapi/example-values.js';

export class ResetAttempts {
  @ApiProperty({
    enum: RESET_REASONS,
    example: 'other_factor',
    description:
      'The person showed another factor; somebody identified the person; or the attempts were not the person’s fault.',
  })
  @IsIn(RESET_REASONS)
  reason!: ResetReason;
}

@ApiSchema({
  name: 'Attempts',
  description: 'Verification attempts of a subject, under the limits of the policy.',
})
export class AttemptsResponse implements AttemptsView {
  @ApiProperty({ format: 'uuid', example: EXAMPLE.subjectId })
  subjectId!: string;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    example: 5,
    description: 'Rejections the running window still takes.',
  })
  failuresLeft!: number;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    example: 10,
    description:
      'Inconclusive attempts the running window still takes; trouble of the platform is not counted.',
  })
  inconclusiveLeft!: number;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    example: 0,
    description: 'Rejections since the last acceptance or reset.',
  })
  consecutiveFailures!: number;

  @ApiProperty({
    example: false,
    description:
      'Whether the face is disabled as a factor: offer another one; it comes back at `retryAt` or by a reset.',
  })
  disabled!: boolean;

  @ApiProperty({
    type: Date,
    nullable: true,
    example: null,
    description: 'When the next attempt is admitted; null when one is admitted now.',
  })
  retryAt!: Date | null;

  @ApiProperty({ example: false, description: 'Whether a verification is in flight.' })
  inFlight!: boolean;
}
