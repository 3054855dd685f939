import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { type Outcome, OUTCOMES, type Purpose, PURPOSES } from '#biometrics';
import { CAPTURE_STATES, type CaptureState } from '#captures';
import { PageCursor, PageLimit } from '../openapi/page.decorators.js';
import { IsMoment, IsWholeNumber } from '../problem/validation.js';

/** How long a long-poll may take; proxies commonly cut an answer off after 60 s. */
export const MAX_WAIT_SECONDS = 30;

const MAX_PAGE = 100;
const DEFAULT_PAGE = 20;

export class ReadCaptureQuery {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: MAX_WAIT_SECONDS,
    default: 0,
    description:
      'Seconds to wait for the end of the capture: answers at once when it ends, else when they are over.',
  })
  @IsWholeNumber(0, MAX_WAIT_SECONDS)
  wait: number = 0;
}

export class ListCapturesQuery {
  @ApiPropertyOptional({ enum: CAPTURE_STATES, description: 'In this state.' })
  @IsOptional()
  @IsIn(CAPTURE_STATES)
  state?: CaptureState;

  @ApiPropertyOptional({ enum: PURPOSES, description: 'For this purpose.' })
  @IsOptional()
  @IsIn(PURPOSES)
  purpose?: Purpose;

  @ApiPropertyOptional({ format: 'uuid', description: 'Of this subject.' })
  @IsOptional()
  @IsUUID()
  subjectId?: string;

  @ApiPropertyOptional({ enum: OUTCOMES, description: 'Decided so.' })
  @IsOptional()
  @IsIn(OUTCOMES)
  outcome?: Outcome;

  @ApiPropertyOptional({ format: 'date-time', description: 'Created at this moment or later.' })
  @IsOptional()
  @IsMoment()
  from?: Date;

  @ApiPropertyOptional({ format: 'date-time', description: 'Created before this moment.' })
  @IsOptional()
  @IsMoment()
  to?: Date;

  @PageLimit(MAX_PAGE, DEFAULT_PAGE)
  limit: number = DEFAULT_PAGE;

  @PageCursor()
  cursor?: string;
}
