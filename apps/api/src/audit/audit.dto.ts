import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { AUDIT_ACTIONS, AUDIT_OUTCOMES, type AuditAction, type AuditOutcome } from '#audit';
import { Text } from '../openapi/text.decorator.js';
import { PageCursor, PageLimit } from '../openapi/page.decorators.js';
import { IsMoment, IsPlainText, IsWholeNumber } from '../problem/validation.js';

const MAX_PAGE = 200;
const DEFAULT_PAGE = 50;
/** A request that verifies so many takes some seconds and holds no more than a thousand of them. */
const MAX_LINKS = 100_000;
const DEFAULT_LINKS = 20_000;
const MAX_SEQ = 999_999_999;

export class ListAuditQuery {
  @ApiPropertyOptional({ enum: AUDIT_ACTIONS, description: 'Of this deed.' })
  @IsOptional()
  @IsIn(AUDIT_ACTIONS)
  action?: AuditAction;

  @ApiPropertyOptional({ enum: AUDIT_OUTCOMES, description: 'With this outcome.' })
  @IsOptional()
  @IsIn(AUDIT_OUTCOMES)
  outcome?: AuditOutcome;

  @Text(1, 100, { required: false, description: 'Id of whoever did it.' })
  @IsPlainText()
  actor?: string;

  @Text(1, 100, { required: false, description: 'Id of what it was done to.' })
  @IsPlainText()
  target?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Occurred at this moment or later.' })
  @IsOptional()
  @IsMoment()
  from?: Date;

  @ApiPropertyOptional({ format: 'date-time', description: 'Occurred before this moment.' })
  @IsOptional()
  @IsMoment()
  to?: Date;

  @PageLimit(MAX_PAGE, DEFAULT_PAGE)
  limit: number = DEFAULT_PAGE;

  @PageCursor()
  cursor?: string;
}

export class VerifyAuditQuery {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MAX_SEQ,
    default: 1,
    description: 'The first link to verify.',
  })
  @IsWholeNumber(1, MAX_SEQ)
  from: number = 1;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MAX_LINKS,
    default: DEFAULT_LINKS,
    description: 'How many links at most.',
  })
  @IsWholeNumber(1, MAX_LINKS)
  limit: number = DEFAULT_LINKS;
}

export class ListCheckpointsQuery {
  @PageLimit(MAX_PAGE, DEFAULT_PAGE)
  limit: number = DEFAULT_PAGE;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MAX_SEQ,
    description: 'Of places before this one: the last `seq` of the page before.',
  })
  @IsOptional()
  @IsWholeNumber(1, MAX_SEQ)
  before?: number;
}
