import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';

export class TokenRequest {
  @ApiProperty({ enum: ['client_credentials'] })
  @IsString()
  @MaxLength(100)
  grant_type!: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Here or in the Basic authorization header.' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  client_id?: string;

  @ApiPropertyOptional({ format: 'password', description: 'Here or in the Basic authorization header.' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  client_secret?: string;

  @ApiPropertyOptional({ description: 'Space-separated scopes; all of the client when absent.' })
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  scope?: string;
}

export class TokenResponse {
  @ApiProperty() access_token!: string;
  @ApiProperty({ enum: ['Bearer'] }) token_type!: 'Bearer';
  @ApiProperty({ description: 'Seconds.' }) expires_in!: number;
  @ApiProperty() scope!: string;
}
