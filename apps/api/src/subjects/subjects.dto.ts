import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { type Purpose, PURPOSES } from '#biometrics';
import type { ErasureReport, SubjectView } from '#subjects';
import { EXAMPLE } from '../openapi/example-values.js';
import { Text } from '../openapi/text.decorator.js';
import { IsPlainText } from '../problem/validation.js';

@ApiSchema({ name: 'Subject' })
export class SubjectResponse implements SubjectView {
  @ApiProperty({ format: 'uuid', example: EXAMPLE.subjectId })
  id!: string;

  @ApiProperty({ example: EXAMPLE.createdAt })
  createdAt!: Date;

  @ApiProperty({ example: true, description: 'Whether it has a reference to be verified against.' })
  enrolled!: boolean;
}

@ApiSchema({ name: 'Erasure', description: 'How much was erased with the subject.' })
export class ErasureResponse implements ErasureReport {
  @ApiProperty({ format: 'uuid', example: EXAMPLE.subjectId })
  subjectId!: string;

  @ApiProperty({ type: 'integer', minimum: 0, example: 4 })
  captures!: number;

  @ApiProperty({ type: 'integer', minimum: 0, example: 1 })
  references!: number;

  @ApiProperty({ type: 'integer', minimum: 0, example: 2 })
  consents!: number;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    example: 1,
    description: 'Ended ones that were still kept too.',
  })
  faceSessions!: number;
}

export class GiveConsent {
  @ApiProperty({ enum: PURPOSES, example: 'verification' })
  @IsIn(PURPOSES)
  purpose!: Purpose;

  @Text(1, 100, { example: '2026-11', description: 'Version of the privacy notice the person was shown.' })
  @IsPlainText()
  noticeVersion!: string;
}

@ApiSchema({ name: 'Consent' })
export class ConsentResponse {
  @ApiProperty({ format: 'uuid', example: EXAMPLE.consentId })
  id!: string;

  @ApiProperty({ enum: PURPOSES, example: 'verification' })
  purpose!: Purpose;

  @ApiProperty({ example: '2026-11' })
  noticeVersion!: string;

  @ApiProperty({ example: EXAMPLE.createdAt })
  givenAt!: Date;

  @ApiProperty({ type: Date, nullable: true, example: null })
  withdrawnAt!: Date | null;
}

@ApiSchema({ name: 'ConsentList' })
export class ConsentListResponse {
  @ApiProperty({ type: [ConsentResponse] })
  items!: readonly ConsentResponse[];
}
