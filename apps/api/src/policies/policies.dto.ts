import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions, ApiSchema } from '@nestjs/swagger';
import { IsArray, IsInt, IsObject, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { z } from 'zod';
import { DEFAULT_POLICY } from '#biometrics';
import { policyBody, type PolicyBody, type PolicyView } from '#captures';
import { PageLimit } from '../openapi/page.decorators.js';
import { IsWholeNumber } from '../problem/validation.js';

const MAX_PAGE = 100;
const MAX_VERSION = 999_999_999;
const EXAMPLE_BODY = Object.fromEntries(
  Object.entries(DEFAULT_POLICY).filter(([member]) => member !== 'version'),
);

/** The schema that validates policies documents them too. */
function bodySchema(): ApiPropertyOptions {
  const { type, properties, required } = withExamples(z.toJSONSchema(policyBody) as Schema, EXAMPLE_BODY);
  return { type, properties, selfRequired: true, required, example: EXAMPLE_BODY } as ApiPropertyOptions;
}

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** Every member with what the built-in policy has there. */
function withExamples(schema: Schema, example: unknown): Schema {
  if (!schema.properties) return { ...schema, examples: [example] } as Schema;
  const members = example as Readonly<Record<string, unknown>>;
  const properties = Object.entries(schema.properties).map(([name, member]) => [
    name,
    withExamples(member, members[name]),
  ]);
  return { ...schema, properties: Object.fromEntries(properties) as Readonly<Record<string, Schema>> };
}

export class ListPoliciesQuery {
  @PageLimit(MAX_PAGE, MAX_PAGE)
  limit: number = MAX_PAGE;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, description: 'Versions below this one.' })
  @IsOptional()
  @IsWholeNumber(1, MAX_VERSION)
  before?: number;
}

export class CreatePolicyRequest {
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { comparisonThreshold: 0.6, pad: { minTurnDegrees: 15 } },
    description: 'The members that differ from the version it is based on.',
  })
  @IsObject()
  changes!: Record<string, unknown>;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    example: 3,
    description: 'The version it differs from; the active one when absent.',
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_VERSION)
  basedOn?: number;
}

export class ActivatePolicyRequest {
  @ApiPropertyOptional({
    type: [String],
    maxItems: 100,
    example: ['comparisonThreshold', 'pad.minTurnDegrees'],
    description: 'The members, by path, in which it may be weaker than the active one.',
  })
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  @Length(1, 100, { each: true })
  acceptWeakening?: string[];
}

@ApiSchema({ name: 'Policy' })
export class PolicyResponse implements PolicyView {
  @ApiProperty({ type: 'integer', minimum: 0, example: 0, description: '0 is the built-in default.' })
  version!: number;

  @ApiProperty({ example: true, description: 'Whether captures are made under it now.' })
  active!: boolean;

  @ApiProperty({ type: Date, nullable: true, example: null, description: 'Null for the built-in default.' })
  createdAt!: Date | null;

  @ApiProperty(bodySchema())
  body!: PolicyBody;
}

@ApiSchema({ name: 'PolicyList' })
export class PolicyListResponse {
  @ApiProperty({ type: [PolicyResponse], description: 'Newest first; the built-in default last.' })
  items!: readonly PolicyResponse[];
}

export const VERSION_PARAM = {
  name: 'version',
  description: 'Version of the policy; 0 is the built-in default.',
  schema: { type: 'integer', minimum: 0, examples: [3] },
} as const;
