import 'reflect-metadata';
import { Command } from 'commander';
import { auditCommand } from './commands/audit.command.js';
import { ProblemError } from '#errors';
import { benchCommand } from './commands/bench.command.js';
import { boardCommand } from './commands/board.command.js';
import { clientsCommand } from './commands/clients.command.js';
import { demoCommand } from './commands/demo.command.js';
import { docsCommand } from './commands/docs.command.js';
import { evaluateCommand } from './commands/evaluate.command.js';
import { evaluatePadCommand } from './commands/evaluate-pad.command.js';
import { keysCommand } from './commands/keys.command.js';
import { migrateCommand } from './commands/migrate.command.js';
import { modelsCommand } from './commands/models.command.js';
import { policiesCommand } from './commands/policies.command.js';
import { receiptCommand } from './commands/receipt.command.js';
import { referencesCommand } from './commands/references.command.js';
import { simulateCommand } from './commands/simulate.command.js';
import { startCommand } from './commands/start.command.js';
import { usersCommand } from './commands/users.command.js';

const program = new Command('secure-biometric')
  .description('Self-hosted face authentication: operate the platform from here.')
  .showHelpAfterError('(add --help for the options)')
  .addCommand(startCommand())
  .addCommand(demoCommand())
  .addCommand(benchCommand())
  .addCommand(evaluateCommand())
  .addCommand(evaluatePadCommand())
  .addCommand(migrateCommand())
  .addCommand(modelsCommand())
  .addCommand(clientsCommand())
  .addCommand(usersCommand())
  .addCommand(policiesCommand())
  .addCommand(receiptCommand())
  .addCommand(referencesCommand())
  .addCommand(docsCommand())
  .addCommand(boardCommand())
  .addCommand(auditCommand())
  .addCommand(simulateCommand())
  .addCommand(keysCommand());

program.parseAsync().catch((error: unknown) => {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  if (error instanceof ProblemError)
    for (const { member, rule } of error.errors ?? []) console.error(`  ${member} ${rule}`);
  process.exitCode = 1;
});
