import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { type Purpose, PURPOSES, type Rate, type Reason, REASONS } from '#biometrics';
import {
  type ComparedRate,
  SIMULATION_STATES,
  type SimulationQuestion,
  type SimulationResult,
  type SimulationState,
  type SimulationView,
  type Transition,
} from '#captures';
import { EXAMPLE } from '../openapi/example-values.js';
import { IsMoment } from '../problem/validation.js';

export class SimulatePolicyRequest implements SimulationQuestion {
  @ApiPropertyOptional({
    enum: PURPOSES,
    example: 'verification',
    description: 'Decisions on captures of this purpose only.',
  })
  @IsOptional()
  @IsIn(PURPOSES)
  purpose?: Purpose;

  @ApiPropertyOptional({
    format: 'date-time',
    example: '2026-11-01T00:00:00.000Z',
    description: 'Decided at this moment or later; 30 days before `to` when absent.',
  })
  @IsOptional()
  @IsMoment()
  from?: Date;

  @ApiPropertyOptional({
    format: 'date-time',
    example: '2026-11-24T00:00:00.000Z',
    description: 'Decided before this moment; now when absent.',
  })
  @IsOptional()
  @IsMoment()
  to?: Date;

  @ApiPropertyOptional({
    default: false,
    example: false,
    description: 'Exact counts instead of rounded ones; needs the scope `captures:review` besides.',
  })
  @IsOptional()
  @IsBoolean()
  exact?: boolean;
}

@ApiSchema({ name: 'Rate', description: 'A rate with its two-sided 95 % bounds (Wilson).' })
class RateResponse implements Rate {
  @ApiProperty({ minimum: 0, maximum: 1, example: 0.01 })
  rate!: number;

  @ApiProperty({ minimum: 0, maximum: 1, example: 0.0028 })
  lower!: number;

  @ApiProperty({ minimum: 0, maximum: 1, example: 0.0355 })
  upper!: number;

  @ApiProperty({ type: 'integer', minimum: 1, example: 200, description: 'Labelled captures.' })
  n!: number;
}

@ApiSchema({ name: 'ComparedRate', description: 'As it was, and as it would have been.' })
class ComparedRateResponse {
  @ApiProperty({ type: RateResponse })
  actual!: RateResponse;

  @ApiProperty({ type: RateResponse })
  simulated!: RateResponse;
}

@ApiSchema({ name: 'SpeciesRate' })
class SpeciesRateResponse {
  @ApiProperty({ example: 'print' })
  species!: string;

  @ApiProperty({ type: ComparedRateResponse })
  rate!: ComparedRateResponse;
}

@ApiSchema({ name: 'Transition' })
class TransitionResponse implements Transition {
  @ApiProperty({ enum: Object.keys(REASONS), example: 'accepted' })
  from!: Reason;

  @ApiProperty({ enum: Object.keys(REASONS), example: 'no_match' })
  to!: Reason;

  @ApiProperty({ type: 'integer', minimum: 1, example: 15 })
  captures!: number;
}

const COUNT = { type: 'integer', minimum: 0 } as const;
const RATE = { type: ComparedRateResponse, nullable: true } as const;

@ApiSchema({ name: 'SimulationResult' })
class SimulationResultResponse implements SimulationResult {
  @ApiProperty({
    example: false,
    description: 'Whether counts are exact; else they are rounded down to multiples of `smallestGroup`.',
  })
  exact!: boolean;

  @ApiProperty({ ...COUNT, example: 5 })
  smallestGroup!: number;

  @ApiProperty({ ...COUNT, example: 1200, description: 'Decisions that were looked at.' })
  captures!: number;

  @ApiProperty({ ...COUNT, example: 35, description: 'Those with another reason.' })
  changed!: number;

  @ApiProperty({ ...COUNT, example: 35, description: 'Those with another outcome.' })
  outcomeChanged!: number;

  @ApiProperty({ ...COUNT, example: 0, description: 'Decisions from before evidence was stored.' })
  unknown!: number;

  @ApiProperty({ type: [TransitionResponse], description: 'Every change, the most frequent first.' })
  transitions!: readonly TransitionResponse[];

  @ApiProperty({ ...RATE, description: 'False match rate: non-mated comparisons at or above the threshold.' })
  fmr!: ComparedRate;

  @ApiProperty({ ...RATE, description: 'False non-match rate: mated comparisons below the threshold.' })
  fnmr!: ComparedRate;

  @ApiProperty({ ...RATE, description: 'Bona fide presentations not taken for such, for whatever reason.' })
  bpcer!: ComparedRate;

  @ApiProperty({
    type: [SpeciesRateResponse],
    description: 'Per species, attacks taken for bona fide presentations.',
  })
  apcer!: readonly SpeciesRateResponse[];

  @ApiProperty({
    type: [String],
    example: ['challengeLength'],
    description: 'Settings that shape a capture before its decision: their effect is not in these figures.',
  })
  unjudged!: readonly string[];
}

@ApiSchema({ name: 'PolicySimulation' })
export class SimulationResponse implements SimulationView {
  @ApiProperty({ format: 'uuid', example: EXAMPLE.simulationId })
  id!: string;

  @ApiProperty({ type: 'integer', minimum: 0, example: 4, description: 'The simulated policy.' })
  version!: number;

  @ApiProperty({ enum: SIMULATION_STATES, example: 'done' })
  state!: SimulationState;

  @ApiProperty({ type: String, enum: PURPOSES, nullable: true, example: 'verification' })
  purpose!: Purpose | null;

  @ApiProperty({ example: EXAMPLE.createdAt })
  from!: Date;

  @ApiProperty({ example: EXAMPLE.expiresAt })
  to!: Date;

  @ApiProperty({ example: false })
  exact!: boolean;

  @ApiProperty({ example: EXAMPLE.expiresAt })
  createdAt!: Date;

  @ApiProperty({ type: Date, nullable: true, example: EXAMPLE.expiresAt })
  finishedAt!: Date | null;

  @ApiProperty({ type: SimulationResultResponse, nullable: true, description: 'Null until it is done.' })
  result!: SimulationResultResponse | null;
}
