import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import {
  DUPLICATE_CHECKS,
  type DuplicateCheck,
  PAD_LEVELS,
  type PadLevel,
  type Reason,
  REASONS,
} from '#biometrics';
import type { Comparison, ReviewView, UsedModel } from '#captures';
import { STAGES } from '#queue';
import type { DuplicateMatch } from '#subjects';
import { EXAMPLE } from '../openapi/example-values.js';

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

@ApiSchema({ name: 'Comparison', description: 'One reference that the probe was compared with.' })
class ComparisonResponse implements Comparison {
  @ApiProperty({ format: 'uuid', example: EXAMPLE.referenceId })
  referenceId!: string;

  @ApiProperty({ minimum: -1, maximum: 1, example: 0.71, description: 'Comparison score (cosine).' })
  score!: number;
}

@ApiSchema({
  name: 'DuplicateMatch',
  description: 'Another subject that the face of an enrolment resembles.',
})
class DuplicateMatchResponse implements DuplicateMatch {
  @ApiProperty({ format: 'uuid', example: EXAMPLE.subjectId })
  subjectId!: string;

  @ApiProperty({ minimum: -1, maximum: 1, example: 0.83, description: 'Comparison score (cosine).' })
  score!: number;
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
    description:
      'Comparison score (cosine), the highest of `comparisons`; null where there was nothing to compare.',
  })
  score!: number | null;

  @ApiProperty({ minimum: -1, maximum: 1, example: 0.55, description: 'The least score of a match.' })
  threshold!: number;

  @ApiProperty({ type: [ComparisonResponse] })
  comparisons!: readonly ComparisonResponse[];

  @ApiProperty({
    enum: DUPLICATE_CHECKS,
    example: 'off',
    description: '`incomplete`: not every reference of the tenant is in the index of duplicates.',
  })
  duplicateCheck!: DuplicateCheck;

  @ApiProperty({ type: [DuplicateMatchResponse], description: 'The most alike first; at most three.' })
  duplicates!: readonly DuplicateMatchResponse[];

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
