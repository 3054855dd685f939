import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, Length } from 'class-validator';
import { PURPOSES, type Purpose } from '#biometrics';
import { IsPlainText } from '../problem/validation.js';

export class GiveConsent {
  @ApiProperty({ enum: PURPOSES })
  @IsIn(PURPOSES)
  purpose!: Purpose;

  @ApiProperty({ description: 'Version of the privacy notice the person was shown.' })
  @IsString()
  @Length(1, 100)
  @IsPlainText()
  noticeVersion!: string;
}

export class ConsentResponse {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ enum: PURPOSES }) purpose!: Purpose;
  @ApiProperty() noticeVersion!: string;
  @ApiProperty() givenAt!: Date;
  @ApiProperty({ type: Date, nullable: true }) withdrawnAt!: Date | null;
}
