import 'reflect-metadata';
import { Command } from 'commander';
import { ProblemError } from '#errors';

/** Each command by its name, loaded only when it is the one that was asked for: some bring the networks along. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./commands/start.command.js')).startCommand(),
  demo: async () => (await import('./commands/demo.command.js')).demoCommand(),
  bench: async () => (await import('./commands/bench.command.js')).benchCommand(),
  evaluate: async () => (await import('./commands/evaluate.command.js')).evaluateCommand(),
  'evaluate:pad': async () => (await import('./commands/evaluate-pad.command.js')).evaluatePadCommand(),
  'calibrate:pad': async () => (await import('./commands/calibrate-pad.command.js')).calibratePadCommand(),
  'evaluate:desk': async () => (await import('./commands/evaluate-desk.command.js')).evaluateDeskCommand(),
  migrate: async () => (await import('./commands/migrate.command.js')).migrateCommand(),
  models: async () => (await import('./commands/models.command.js')).modelsCommand(),
  clients: async () => (await import('./commands/clients.command.js')).clientsCommand(),
  users: async () => (await import('./commands/users.command.js')).usersCommand(),
  policies: async () => (await import('./commands/policies.command.js')).policiesCommand(),
  receipt: async () => (await import('./commands/receipt.command.js')).receiptCommand(),
  references: async () => (await import('./commands/references.command.js')).referencesCommand(),
  docs: async () => (await import('./commands/docs.command.js')).docsCommand(),
  board: async () => (await import('./commands/board.command.js')).boardCommand(),
  audit: async () => (await import('./commands/audit.command.js')).auditCommand(),
  simulate: async () => (await import('./commands/simulate.command.js')).simulateCommand(),
  keys: async () => (await import('./commands/keys.command.js')).keysCommand(),
};

async function main(): Promise<void> {
  const program = new Command('secure-biometric')
    .description('Self-hosted face authentication: operate the platform from here.')
    .showHelpAfterError('(add --help for the options)');
  const asked = process.argv[2] ?? '';
  const names = Object.hasOwn(COMMANDS, asked) ? [asked] : Object.keys(COMMANDS);
  for (const name of names) program.addCommand(await (COMMANDS[name] as () => Promise<Command>)());
  await program.parseAsync();
}

main().catch((error: unknown) => {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  if (error instanceof ProblemError)
    for (const { member, rule } of error.errors ?? []) console.error(`  ${member} ${rule}`);
  process.exitCode = 1;
});
