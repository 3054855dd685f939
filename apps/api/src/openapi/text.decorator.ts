import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { IsOptional, IsString, Length } from 'class-validator';

/** A text member of a request, with one length for the validator and for the document. */
export function Text(min: number, max: number, documentation: ApiPropertyOptions = {}): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ minLength: min, maxLength: max, ...documentation }),
    IsString(),
    Length(min, max),
    ...(documentation.required === false ? [IsOptional()] : []),
  );
}
