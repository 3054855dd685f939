import { type Command, InvalidArgumentError } from 'commander';
import { userInfo } from 'node:os';

/** Gives the command the name that its deed has in the audit trail, as `actor`. */
export function audited(command: Command): Command {
  return command.option('--actor <name>', 'name in the audit trail', actorName, userInfo().username);
}

/** As the audit trail can hold it. @throws InvalidArgumentError */
function actorName(text: string): string {
  if (!/^\P{Cc}{1,100}$/u.test(text)) throw new InvalidArgumentError('1 to 100 characters');
  return text;
}
