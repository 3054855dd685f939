import { applyDecorators, ValidationPipe, type ValidationError } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsDate, IsInt, isISO8601, isRFC3339, Matches, Max, Min } from 'class-validator';
import { ProblemError, type Violation } from '#errors';

/** Refuses unknown members and wrong values by the member's name and rule, never repeating the value. */
export function validationPipe(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) =>
      new ProblemError('validation_failed', { errors: errors.flatMap((error) => violations(error)) }),
  });
}

function violations(error: ValidationError, path = ''): Violation[] {
  const member = path + error.property;
  const own = Object.values(error.constraints ?? {}).map((rule) => ({ member, rule }));
  return [...own, ...(error.children ?? []).flatMap((child) => violations(child, `${member}.`))];
}

/** A string without control characters: PostgreSQL cannot store NUL, and nothing we store needs the others. */
export function IsPlainText(): PropertyDecorator {
  return Matches(/^\P{Cc}*$/u, { message: '$property must not contain control characters' });
}

/** A whole number in a query string, in plain digits. */
export function IsWholeNumber(min: number, max: number): PropertyDecorator {
  const number = (text: unknown) =>
    typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : text;
  return applyDecorators(
    Transform(({ value }) => number(value)),
    IsInt(),
    Min(min),
    Max(max),
  );
}

/** A moment in a query string: an RFC 3339 date-time of a day that exists, read to the millisecond. */
export function IsMoment(): PropertyDecorator {
  const moment = (text: unknown) =>
    typeof text === 'string' && isRFC3339(text) && isISO8601(text, { strict: true, strictSeparator: true })
      ? new Date(text)
      : text;
  return applyDecorators(
    Transform(({ value }) => moment(value)),
    IsDate({ message: '$property must be an RFC 3339 date-time' }),
  );
}
