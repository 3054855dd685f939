import { type Command, InvalidArgumentError } from 'commander';
import { userInfo } from 'node:os';

/** Adds `--actor`, the operator's name in the audit trail; default the login's. */
export function audited(command: Command): Command {
  return command.option('--actor <name>', 'name in the audit trail', actorName, userInfo().username);
}

function actorName(text: string): string {
  if (!/^\P{Cc}{1,100}$/u.test(text)) throw new InvalidArgumentError('1 to 100 characters');
  return text;
}
