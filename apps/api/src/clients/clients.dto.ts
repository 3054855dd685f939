import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
  ValidateIf,
} from 'class-validator';
import {
  type ClientSettings,
  type ClientView,
  MAX_OVERLAP_SECONDS,
  type NewClient,
  type RotatedSecret,
  type Scope,
  SCOPES,
} from '#access';
import { EXAMPLE } from '../openapi/example-values.js';
import { Text } from '../openapi/text.decorator.js';
import { IsPlainText } from '../problem/validation.js';

const NAME = { example: 'checkout', description: 'Unique in the tenant.' };
const SCOPE_LIST = {
  enum: SCOPES,
  isArray: true,
  uniqueItems: true,
  example: ['captures:create', 'captures:read'],
  description: 'What it may do; only what the caller may do too.',
};
const RATE_LIMIT = {
  type: 'integer',
  minimum: 1,
  nullable: true,
  example: 1_200,
  description:
    "Requests a minute on each route, within the installation's bound; null: the installation's limit.",
} as const;
const SECRET = {
  example: 'zK3pT0mQ4xW8rY2uV6nB1cD5eF9gH7jL0aS3qPiOkM4',
  description: 'Not shown again, but to the same caller under the same `Idempotency-Key`.',
};
/** Unlike IsOptional, which takes null for absent. */
const present = (_: unknown, value: unknown) => value !== undefined;

export class CreateClientRequest implements ClientSettings {
  @Text(1, 100, NAME)
  @IsPlainText()
  name!: string;

  @ApiProperty(SCOPE_LIST)
  @IsArray()
  @ArrayMaxSize(100)
  @IsIn(SCOPES, { each: true })
  scopes!: Scope[];

  @ApiPropertyOptional({ ...RATE_LIMIT, default: null })
  @IsOptional()
  @IsInt()
  @Min(1)
  rateLimitPerMinute: number | null = null;
}

export class ChangeClientRequest implements Partial<ClientSettings> {
  @ApiPropertyOptional({ ...NAME, minLength: 1, maxLength: 100 })
  @ValidateIf(present)
  @IsString()
  @Length(1, 100)
  @IsPlainText()
  name?: string;

  @ApiPropertyOptional({ ...SCOPE_LIST, description: 'Added ones must be held by the caller.' })
  @ValidateIf(present)
  @IsArray()
  @ArrayMaxSize(100)
  @IsIn(SCOPES, { each: true })
  scopes?: Scope[];

  @ApiPropertyOptional(RATE_LIMIT)
  @IsOptional()
  @IsInt()
  @Min(1)
  rateLimitPerMinute?: number | null;
}

export class RotateClientSecretRequest {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: MAX_OVERLAP_SECONDS,
    default: 3_600,
    example: 3_600,
    description: 'Seconds for which the secret until now stays good; 0 ends it at once.',
  })
  @IsInt()
  @Min(0)
  @Max(MAX_OVERLAP_SECONDS)
  overlapSeconds: number = 3_600;
}

@ApiSchema({ name: 'NewClient' })
export class NewClientResponse implements Omit<NewClient, 'tenantId'> {
  @ApiProperty({ format: 'uuid', example: EXAMPLE.clientId })
  clientId!: string;

  @ApiProperty(SECRET)
  clientSecret!: string;

  @ApiProperty({ enum: SCOPES, isArray: true, example: ['captures:create', 'captures:read'] })
  scopes!: readonly Scope[];
}

@ApiSchema({ name: 'RotatedSecret' })
export class RotatedSecretResponse implements RotatedSecret {
  @ApiProperty({ format: 'uuid', example: EXAMPLE.clientId })
  clientId!: string;

  @ApiProperty(SECRET)
  clientSecret!: string;

  @ApiProperty({
    type: Date,
    nullable: true,
    example: EXAMPLE.expiresAt,
    description: 'Until when the secret before is good; null when it ended at once.',
  })
  previousSecretUntil!: Date | null;
}

@ApiSchema({ name: 'Client', description: 'A service of the relying party.' })
export class ClientResponse implements ClientView {
  @ApiProperty({ format: 'uuid', example: EXAMPLE.clientId })
  id!: string;

  @ApiProperty({ example: NAME.example })
  name!: string;

  @ApiProperty({ enum: SCOPES, isArray: true, example: ['captures:create', 'captures:read'] })
  scopes!: readonly Scope[];

  @ApiProperty(RATE_LIMIT)
  rateLimitPerMinute!: number | null;

  @ApiProperty({ example: EXAMPLE.createdAt })
  createdAt!: Date;

  @ApiProperty({ type: Date, nullable: true, example: null })
  disabledAt!: Date | null;

  @ApiProperty({
    type: Date,
    nullable: true,
    example: null,
    description: 'Until when the secret before the last rotation is good too.',
  })
  previousSecretUntil!: Date | null;
}

@ApiSchema({ name: 'ClientList' })
export class ClientListResponse {
  @ApiProperty({ type: [ClientResponse] })
  items!: readonly ClientResponse[];
}
