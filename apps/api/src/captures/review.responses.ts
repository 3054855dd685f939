import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { PAD_LEVELS, type PadLevel, type Reason, REASONS } from '#biometrics';
import type { ReviewView, UsedModel } from '#captures';
import { STAGES } from '#queue';

const SCALARS = {
  type: 'object' as const,
  additionalProperties: { type: ['number', 'string', 'boolean', 'null'] },
};

@ApiSchema({ name: 'UsedModel', description: 'A model that took part in the decision.' })
class UsedModelResponse implements UsedModel {
  @ApiProperty({ example: 'mobilefacenet' })
  id!: string;

  @ApiProperty({ example: '3.0.4' })
  version!: string;

  @ApiProperty({ example: '9f2c41e8…' })
  sha256!: string;
}

@ApiSchema({ name: 'Review', description: 'What a reviewer sees of a decision besides.' })
export class ReviewResponse implements ReviewView {
  @ApiProperty({ enum: Object.keys(REASONS), example: 'accepted' })
  reason!: Reason;

  @ApiProperty({
    type: Number,
    minimum: -1,
    maximum: 1,
    nullable: true,
    example: 0.71,
    description: 'Comparison score (cosine); null where there was nothing to compare.',
  })
  score!: number | null;

  @ApiProperty({ minimum: -1, maximum: 1, example: 0.55, description: 'The least score of a match.' })
  threshold!: number;

  @ApiProperty({
    type: Number,
    minimum: 0,
    maximum: 1,
    nullable: true,
    example: 0.001,
    description:
      'FMR at this score is at most this (upper 95 % bound of the calibration); null without a score or a calibration.',
  })
  fmrUpper!: number | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: '4000 photographs, 400 people, 7980000 non-mated pairs',
    description: 'What that bound was measured on.',
  })
  calibration!: string | null;

  @ApiProperty({ enum: PAD_LEVELS, example: 'challenge' })
  requiredPadLevel!: PadLevel;

  @ApiProperty({ type: [UsedModelResponse] })
  models!: readonly UsedModelResponse[];

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { stillness: 'passed' },
    description: 'What each liveness gate said.',
  })
  gates!: ReviewView['gates'];

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'number' },
    example: { minStillness: 1.5 },
    description: 'What the signals were held against.',
  })
  padThresholds!: ReviewView['padThresholds'];

  @ApiProperty({
    type: 'object',
    properties: Object.fromEntries(STAGES.map((stage) => [stage, SCALARS])),
    example: { liveness: { stillness: 4.2 } },
    description: 'What each stage measured.',
  })
  signals!: ReviewView['signals'];
}
