import { InvalidArgumentError } from 'commander';

/** The name of an operator as the audit trail can hold it. @throws InvalidArgumentError */
export function actorName(text: string): string {
  if (!/^\P{Cc}{1,100}$/u.test(text)) throw new InvalidArgumentError('1 to 100 characters');
  return text;
}
