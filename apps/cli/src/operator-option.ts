import { type Command } from 'commander';
import { userInfo } from 'node:os';
import { actorName } from './actor-name.js';

/** Adds `--actor`, the operator's name in the audit trail; default the login's. */
export function audited(command: Command): Command {
  return command.option('--actor <name>', 'name in the audit trail', actorName, userInfo().username);
}
