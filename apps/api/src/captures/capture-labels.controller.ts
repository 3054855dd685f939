import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsIn, Matches } from 'class-validator';
import { CAPTURE_LABELS, type CaptureLabel, LabelCapture, type Labelling } from '#captures';
import type { Caller as CallerOf } from '#subjects';
import { Caller } from '../access/caller.decorator.js';
import { Documented } from '../openapi/documented.decorator.js';
import { Text } from '../openapi/text.decorator.js';
import { IdPipe } from '../problem/id.pipe.js';

export class LabelCaptureRequest implements Labelling {
  @ApiProperty({
    enum: CAPTURE_LABELS,
    example: 'mated',
    description:
      '`mated`: the person of the reference; `non_mated`: somebody else; both are bona fide presentations. `bona_fide`: a live person of whom nothing else is known.',
  })
  @IsIn(CAPTURE_LABELS)
  label!: CaptureLabel;

  @Text(1, 50, {
    required: false,
    example: 'print',
    description: 'Of attacks: the species of the instrument, in letters, digits, `_` and `-`.',
  })
  @Matches(/^[A-Za-z0-9_-]+$/, { message: '$property must be of letters, digits, _ and -' })
  species?: string;
}

@ApiTags('policies')
@Controller('v1/captures')
export class CaptureLabelsController {
  constructor(private readonly labels: LabelCapture) {}

  @Post(':id/label')
  @Documented({
    operationId: 'labelCapture',
    summary: 'Say what a decided capture really was',
    description: 'The last label holds. It changes no decision: simulations count error rates by it.',
    answers: { 204: { description: 'It is labelled.' } },
    refusals: ['capture_not_found', 'capture_state_conflict', 'label_not_applicable'],
  })
  label(
    @Caller() caller: CallerOf,
    @Param('id', new IdPipe('capture_not_found')) id: string,
    @Body() body: LabelCaptureRequest,
  ): Promise<void> {
    return this.labels.execute(caller, id, body);
  }
}
