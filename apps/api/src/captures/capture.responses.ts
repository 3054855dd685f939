import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import {
  type CoarseCode,
  COARSE_CODES,
  type Outcome,
  OUTCOMES,
  PAD_LEVELS,
  type PadLevel,
  type Purpose,
  PURPOSES,
} from '#biometrics';
import {
  CAPTURE_STATES,
  type CapturePage,
  type CaptureState,
  type CaptureSummary,
  type CaptureView,
  type DecisionView,
  STAGE_VIEW_STATUSES,
  type StageView,
} from '#captures';
import { type Stage, STAGES } from '#queue';
import { EXAMPLE } from '../openapi/example-values.js';
import { ReviewResponse } from './review.responses.js';

@ApiSchema({
  name: 'Decision',
  description: 'What an integrator sees of a decision: nothing to climb along.',
})
class DecisionResponse implements DecisionView {
  @ApiProperty({ enum: OUTCOMES, example: 'accepted' })
  outcome!: Outcome;

  @ApiProperty({
    enum: COARSE_CODES,
    example: 'accepted',
    description: 'Why, as coarsely as the person may know.',
  })
  code!: CoarseCode;

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'What the person before the camera can do about it.',
  })
  guidance!: string | null;

  @ApiProperty({
    enum: PAD_LEVELS,
    example: 'challenge',
    description: 'The level of attack detection reached.',
  })
  padLevel!: PadLevel;

  @ApiProperty({ type: 'integer', minimum: 0, example: 3, description: '0 is the built-in default.' })
  policyVersion!: number;

  @ApiProperty({ example: EXAMPLE.decidedAt })
  decidedAt!: Date;
}

@ApiSchema({ name: 'Stage', description: 'One stage of the pipeline; what has not happened yet is null.' })
class StageResponse implements StageView {
  @ApiProperty({ enum: STAGES, example: 'extraction' })
  stage!: Stage;

  @ApiProperty({ enum: STAGE_VIEW_STATUSES, example: 'done' })
  status!: StageView['status'];

  @ApiProperty({
    type: Date,
    nullable: true,
    example: EXAMPLE.submittedAt,
    description: 'When everything before it was done: the submission, or the stage before.',
  })
  queuedAt!: Date | null;

  @ApiProperty({
    type: Date,
    nullable: true,
    example: EXAMPLE.startedAt,
    description: 'When its last attempt began.',
  })
  startedAt!: Date | null;

  @ApiProperty({ type: Date, nullable: true, example: EXAMPLE.decidedAt })
  finishedAt!: Date | null;

  @ApiProperty({ type: 'integer', minimum: 0, example: 1, description: 'How often a worker began it.' })
  attempts!: number;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    nullable: true,
    example: 30,
    description: 'From queuedAt to startedAt.',
  })
  waitMs!: number | null;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    nullable: true,
    example: 382,
    description: 'From startedAt to finishedAt.',
  })
  durationMs!: number | null;
}

@ApiSchema({ name: 'CaptureSummary' })
class CaptureSummaryResponse implements CaptureSummary {
  @ApiProperty({ format: 'uuid', example: EXAMPLE.captureId })
  id!: string;

  @ApiProperty({ enum: PURPOSES, example: 'verification' })
  purpose!: Purpose;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, example: EXAMPLE.subjectId })
  subjectId!: string | null;

  @ApiProperty({ enum: CAPTURE_STATES, example: 'decided' })
  state!: CaptureState;

  @ApiProperty({
    example: false,
    description: 'Whether the screen will flash colours: warn of it before the start.',
  })
  flash!: boolean;

  @ApiProperty({ example: EXAMPLE.createdAt })
  createdAt!: Date;

  @ApiProperty({ example: EXAMPLE.expiresAt, description: 'It must be started before.' })
  expiresAt!: Date;

  @ApiProperty({
    type: Date,
    nullable: true,
    example: EXAMPLE.submitBy,
    description: 'Once it is started: the submission must begin before.',
  })
  submitBy!: Date | null;

  @ApiProperty({ type: Date, nullable: true, example: EXAMPLE.submittedAt })
  submittedAt!: Date | null;

  @ApiProperty({ type: DecisionResponse, nullable: true, description: 'Null until it is decided.' })
  decision!: DecisionResponse | null;
}

@ApiSchema({ name: 'Capture' })
export class CaptureResponse extends CaptureSummaryResponse implements CaptureView {
  @ApiProperty({ type: [StageResponse], description: 'In their order; empty before the submission.' })
  stages!: readonly StageResponse[];

  @ApiPropertyOptional({
    type: ReviewResponse,
    nullable: true,
    description: 'Only with the scope captures:review; null until it is decided.',
  })
  review?: ReviewResponse | null;
}

@ApiSchema({ name: 'CapturePage' })
export class CapturePageResponse implements CapturePage {
  @ApiProperty({ type: [CaptureSummaryResponse], description: 'Newest first.' })
  items!: readonly CaptureSummaryResponse[];

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'Send it as `cursor` to get the page behind this one; null on the last.',
  })
  nextCursor!: string | null;
}
