#!/usr/bin/env node
/** Makes every command work on a fresh clone: installs what is missing, builds what is old, then runs the command. */
import { runChecks } from './support/checks.mjs';
import { buildIfOld, isBuilt } from './support/build.mjs';
import { installIfMissing } from './support/install.mjs';
import { runInForeground } from './support/processes.mjs';
import { CLI, fail, root, say } from './support/project.mjs';

const OLDEST = [20, 19];

/** Commands of this runner; any other name is a sub-command of the CLI. */
const commands = {
  build: async ([flag]) => {
    if (flag === '--check') return (await isBuilt()) ? 0 : 1;
    await prepare();
    return 0;
  },
  test: async (args) => {
    await prepare();
    return runChecks(args);
  },
  cli: async (args) => {
    await prepare();
    return runInForeground(process.execPath, [CLI, ...args]);
  },
};

async function prepare() {
  await installIfMissing();
  await buildIfOld();
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  fail(`Node ${OLDEST.join('.')} or newer is needed; this is ${process.versions.node}.`);
}

async function main([name, ...args]) {
  requireNode();
  if (!name) fail('Usage: node bin/run.mjs <start|demo|test|build|cli|…> [arguments]');
  process.chdir(root);
  return Object.hasOwn(commands, name) ? commands[name](args) : commands.cli([name, ...args]);
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error) => {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  },
);
