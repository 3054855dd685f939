import { Injectable, type PipeTransform } from '@nestjs/common';
import { ProblemError } from '#errors';

/** The version of a policy in a path: one that cannot exist is answered like one that does not. */
@Injectable()
export class VersionPipe implements PipeTransform<string, number> {
  transform(value: string): number {
    if (!/^(0|[1-9]\d{0,8})$/.test(value)) throw new ProblemError('policy_not_found');
    return Number(value);
  }
}
