import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { Matches } from 'class-validator';
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
