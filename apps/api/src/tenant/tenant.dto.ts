import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsInt, IsOptional, Min } from 'class-validator';
import type { TenantSettlement, TenantView } from '#captures';
import { EXAMPLE } from '../openapi/example-values.js';
import { Text } from '../openapi/text.decorator.js';
import { IsPlainText } from '../problem/validation.js';

const SECONDS = { type: 'integer', minimum: 0 } as const;
const DISPLAY_NAME = {
  type: String,
  nullable: true,
  example: 'Example Bank',
  description: 'For people to read.',
} as const;

export class ChangeTenantRequest implements TenantSettlement {
  @Text(1, 100, { ...DISPLAY_NAME, required: false })
  @IsPlainText()
  displayName?: string | null;

  @ApiPropertyOptional({
    ...SECONDS,
    nullable: true,
    example: 3_600,
    description:
      "How long frames are kept after the decision, up to `maxFrameRetentionSeconds`; null: the installation's default. A shorter time holds for frames that are kept already too, a longer one for captures decided from then on.",
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  frameRetentionSeconds?: number | null;
}

@ApiSchema({ name: 'Tenant', description: 'The relying party, and what it has settled.' })
export class TenantResponse implements TenantView {
  @ApiProperty({ format: 'uuid', example: '0199e8a0-9d3b-7c55-8f21-2b4c6d8e0f05' })
  id!: string;

  @ApiProperty({ example: 'example-bank', description: 'By which operators know it.' })
  name!: string;

  @ApiProperty(DISPLAY_NAME)
  displayName!: string | null;

  @ApiProperty({
    ...SECONDS,
    nullable: true,
    example: null,
    description: "Null: the installation's default.",
  })
  frameRetentionSeconds!: number | null;

  @ApiProperty({ type: 'number', minimum: 0, example: 86_400, description: 'What applies now.' })
  effectiveFrameRetentionSeconds!: number;

  @ApiProperty({
    type: 'number',
    minimum: 0,
    example: 86_400,
    description: 'The longest that can be settled.',
  })
  maxFrameRetentionSeconds!: number;

  @ApiProperty({
    ...SECONDS,
    example: 3,
    description: 'Policy that captures are made under from now on; 0 is the built-in one.',
  })
  policyVersion!: number;

  @ApiProperty({ example: EXAMPLE.createdAt })
  createdAt!: Date;
}
