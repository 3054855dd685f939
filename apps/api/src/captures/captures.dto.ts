import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, IsUUID, Length } from 'class-validator';
import { PURPOSES, type Purpose } from '#biometrics';
import { type Assurance, ASSURANCES } from '#subjects';
import { IsPlainText } from '../problem/validation.js';

export class CreateCaptureRequest {
  @ApiProperty({ enum: PURPOSES })
  @IsIn(PURPOSES)
  purpose!: Purpose;

  @ApiPropertyOptional({ format: 'uuid', description: 'Required for enrolment and verification.' })
  @IsOptional()
  @IsUUID()
  subjectId?: string;

  @ApiPropertyOptional({ enum: ASSURANCES, description: 'Enrolment only: how the person was identified.' })
  @IsOptional()
  @IsIn(ASSURANCES)
  assurance?: Assurance;

  @ApiPropertyOptional({
    description: "The relying party's own nonce, to tie the decision to its transaction.",
  })
  @IsOptional()
  @IsString()
  @Length(8, 200)
  @IsPlainText()
  relyingPartyNonce?: string;
}

export class ExchangeRequest {
  @ApiProperty({ description: "The one-time code from the page link's fragment." })
  @IsString()
  @Length(1, 200)
  code!: string;
}

export class CredentialResponse {
  @ApiProperty() credential!: string;
  @ApiProperty({ enum: ['Bearer'] }) tokenType!: 'Bearer';
  @ApiProperty({ format: 'uuid' }) captureId!: string;
  @ApiProperty() expiresAt!: Date;
}
