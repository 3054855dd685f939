import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsWholeNumber } from '../problem/validation.js';
import { Text } from './text.decorator.js';

/** How many items a page has: the query member `limit`. */
export function PageLimit(max: number, byDefault: number): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({
      type: 'integer',
      minimum: 1,
      maximum: max,
      default: byDefault,
      description: 'How many of them at most.',
    }),
    IsWholeNumber(1, max),
  );
}

/** Where a page begins: the query member `cursor`. @param max length of a cursor, in characters */
export function PageCursor(max = 200): PropertyDecorator {
  return Text(1, max, {
    required: false,
    description: 'nextCursor of the page before; keep the filters the same.',
  });
}
