import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { until } from '../support/wait.js';
import { ROOT, runs } from './parent.js';

/** Stands for npm: installs, and says so in `calls`; the packages it brings are stand-ins for the tools. */
const NPM = `#!/usr/bin/env node
const fs = require('node:fs');
fs.appendFileSync('calls', 'npm ' + process.argv.slice(2).join(' ') + '\\n');
setTimeout(() => {
  fs.rmSync('node_modules', { recursive: true, force: true });
  fs.cpSync('tools', 'node_modules/.bin', { recursive: true });
  fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json');
}, 300);
`;

/** Stands for the compiler: copies; a source that says "syntax error" fails. */
const SWC = `#!/usr/bin/env node
const fs = require('node:fs');
const path = require('node:path');
const out = process.argv[process.argv.indexOf('-d') + 1];
fs.appendFileSync('calls', 'swc\\n');
for (const file of fs.readdirSync('apps', { recursive: true }).filter((name) => name.endsWith('.ts'))) {
  const text = fs.readFileSync(path.join('apps', file), 'utf8');
  if (text.includes('syntax error')) { console.error(file + ': Unexpected token'); process.exit(1); }
  const target = path.join(out, 'apps', file.replace(/ts$/, 'js'));
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, text);
}
`;

const TOOL = `#!/bin/sh
echo "$(basename "$0") $*" >> calls
test "$(basename "$0")" != "$FAILING"
`;

const MAIN = `
const [command, ...args] = process.argv.slice(2);
if (command === 'wait') {
  process.on('SIGINT', () => process.exit(7));
  process.on('disconnect', () => process.exit(0));
  console.log(process.pid);
} else {
  console.log([command, ...args].join(' '));
  process.exitCode = Number(args.at(-1)) || 0;
}
`;

describe('bin/run.mjs', () => {
  let project: string;
  const started: ChildProcess[] = [];

  const write = async (path: string, text: string, mode = 0o644): Promise<void> => {
    await mkdir(dirname(join(project, path)), { recursive: true });
    await writeFile(join(project, path), text, { mode });
  };
  const calls = async (): Promise<string[]> =>
    (await readFile(join(project, 'calls'), 'utf8').catch(() => '')).split('\n').filter(Boolean);
  const lock = (version: string): string =>
    JSON.stringify({
      packages: { '': {}, 'node_modules/a': { version }, 'node_modules/b': { version, optional: true } },
    });

  beforeEach(async () => {
    project = await mkdtemp(join(tmpdir(), 'runner-'));
    await cp(join(ROOT, 'bin'), join(project, 'bin'), { recursive: true });
    await write('package.json', '{ "type": "module" }');
    await write('package-lock.json', lock('1.0.0'));
    await write('fake/npm', NPM, 0o755);
    for (const tool of ['eslint', 'prettier', 'tsc', 'depcruise', 'redocly', 'jest'])
      await write(`tools/${tool}`, TOOL, 0o755);
    await write('tools/swc', SWC, 0o755);
    await write('tools/package.json', '{ "type": "commonjs" }');
    await write('fake/package.json', '{ "type": "commonjs" }');
    await write('apps/cli/src/main.ts', MAIN);
  });
  afterEach(async () => {
    for (const one of started.splice(0)) one.kill('SIGKILL');
    await rm(project, { recursive: true, force: true });
  });

  function run(args: string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
    const path = [join(project, 'fake'), process.env.PATH].join(delimiter);
    const one = spawn(process.execPath, [join(project, 'bin', 'run.mjs'), ...args], {
      cwd: tmpdir(),
      env: { ...process.env, CI: undefined, PATH: path, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.push(one);
    return one;
  }

  async function outcome(
    args: string[],
    env?: NodeJS.ProcessEnv,
  ): Promise<{ code: number; out: string; err: string }> {
    const one = run(args, env);
    const text = { out: '', err: '' };
    one.stdout?.on('data', (chunk: Buffer) => (text.out += chunk.toString()));
    one.stderr?.on('data', (chunk: Buffer) => (text.err += chunk.toString()));
    const [code] = (await once(one, 'close')) as [number];
    return { code, ...text };
  }

  it('installs, builds and runs on a fresh clone; the next time it only runs', async () => {
    expect(await outcome(['demo', '--seeds', '3'])).toMatchObject({ code: 3, out: 'demo --seeds 3\n' });
    expect(await calls()).toEqual(['npm ci --include=dev --no-audit --no-fund', 'swc']);
    expect(await outcome(['cli', 'users', 'list'])).toEqual({ code: 0, out: 'users list\n', err: '' });
    expect(await calls()).toHaveLength(2);
  });

  it('installs again when other packages are asked for, not when the lock file is merely newer', async () => {
    await outcome(['build']);
    const later = new Date(Date.now() + 60_000);
    await utimes(join(project, 'package-lock.json'), later, later);
    await outcome(['build']);
    expect((await calls()).filter((call) => call.startsWith('npm'))).toHaveLength(1);
    await write('package-lock.json', lock('2.0.0'));
    await outcome(['build']);
    expect((await calls()).filter((call) => call.startsWith('npm'))).toHaveLength(2);
  });

  it('builds what changed, forgets what was deleted, and keeps the last good build', async () => {
    await write('apps/cli/src/other.ts', '1');
    await outcome(['build']);
    await rm(join(project, 'apps/cli/src/other.ts'));
    expect((await outcome(['build', '--check'])).code).toBe(1);
    await outcome(['build']);
    expect((await outcome(['build', '--check'])).code).toBe(0);
    await expect(stat(join(project, 'dist/apps/cli/src/other.js'))).rejects.toThrow('ENOENT');
    await write('apps/cli/src/other.ts', 'syntax error');
    const failed = await outcome(['demo']);
    expect(failed).toMatchObject({ code: 1, out: '' });
    expect(failed.err).toContain('Unexpected token');
    await stat(join(project, 'dist/apps/cli/src/main.js'));
  });

  it('installs and builds once when two run at the same time, after one that was killed', async () => {
    await write('.data/prepare.lock', '999999999');
    const both = await Promise.all([outcome(['demo']), outcome(['demo'])]);
    expect(both.map(({ code, out }) => [code, out])).toEqual([
      [0, 'demo\n'],
      [0, 'demo\n'],
    ]);
    expect(await calls()).toHaveLength(2);
  });

  it('passes signals on and returns the exit code', async () => {
    const one = run(['wait']);
    await once(one.stdout as NodeJS.ReadableStream, 'data');
    one.kill('SIGINT');
    expect(await once(one, 'exit')).toEqual([7, null]);
  });

  it('takes the command along when it is killed', async () => {
    const one = run(['wait']);
    const [pid] = (await once(one.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    one.kill('SIGKILL');
    await until(() => !runs(Number(pid)));
  });

  it('tests: every check in turn, arguments for jest only', async () => {
    expect((await outcome(['test', '-t', 'one'], { CI: 'true' })).code).toBe(0);
    const tools = (await calls()).slice(2);
    expect(tools.map((call) => call.split(' ')[0])).toEqual([
      'eslint',
      'prettier',
      'tsc',
      'depcruise',
      'redocly',
      'jest',
    ]);
    expect(tools.at(-1)).toBe('jest --ci -t one');
  });

  it('tests: stops at the first failure and names it', async () => {
    const failed = await outcome(['test'], { FAILING: 'tsc' });
    expect(failed.code).toBe(1);
    expect(failed.err.trimEnd()).toMatch(/== FAILED: types$/);
    expect((await calls()).at(-1)).toMatch(/^tsc/);
  });
});
