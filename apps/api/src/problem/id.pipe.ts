import { Injectable, type PipeTransform } from '@nestjs/common';
import { ProblemError, type ErrorCode } from '#errors';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** An id in a path: one that cannot exist is answered like one that does not. */
@Injectable()
export class IdPipe implements PipeTransform<string, string> {
  constructor(private readonly otherwise: ErrorCode) {}

  transform(value: string): string {
    if (!UUID.test(value)) throw new ProblemError(this.otherwise);
    return value;
  }
}
