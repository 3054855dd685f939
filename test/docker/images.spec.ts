import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Copy, DockerfileParser, type Instruction } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { environmentSchema } from '#config';
import { projectRoot } from '#supervisor';

/** No container engine is needed for what can be known without one: what the files say, and that it is true of this project. */
const FILES = ['docker/Dockerfile', 'docker/worker-gpu.Dockerfile'];
const textOf = (file: string) => readFileSync(join(projectRoot(), file), 'utf8');

interface Stage {
  readonly name: string;
  readonly from: string;
  readonly instructions: readonly Instruction[];
}

/** The instructions by stage; `from` is the stage or the image it starts with, its arguments filled in. */
function stagesOf(file: string): Stage[] {
  const dockerfile = DockerfileParser.parse(textOf(file));
  const images = new Map(
    dockerfile.getInitialARGs().map((arg) => [arg.getProperty()?.getName(), arg.getProperty()?.getValue()]),
  );
  const stages: Stage[] = [];
  let current: Instruction[] = [];
  for (const instruction of dockerfile.getInstructions()) {
    if (instruction.getKeyword() === 'FROM') {
      const [from = '', , name = ''] = instruction.getArguments().map((each) => each.getValue());
      current = [];
      stages.push({
        name,
        instructions: current,
        from: from.replace(/\$\{(\w+)\}/, (_, key: string) => images.get(key) ?? ''),
      });
    } else current.push(instruction);
  }
  return stages;
}

/** The instructions that shape an image, those of the stages it is built on first. */
function lineage(stages: readonly Stage[], name: string): Instruction[] {
  const stage = stages.find((each) => each.name === name);
  return stage ? [...lineage(stages, stage.from), ...stage.instructions] : [];
}

const last = (instructions: readonly Instruction[], keyword: string): string =>
  instructions.findLast((each) => each.getKeyword() === keyword)?.getArgumentsContent() ?? '';
const environmentOf = (instructions: readonly Instruction[]): Record<string, string> =>
  Object.fromEntries(
    instructions
      .filter((each) => each.getKeyword() === 'ENV')
      .flatMap((each) => [...(each.getArgumentsContent() ?? '').matchAll(/(\w+)=(\S+)/g)])
      .map(([, key, value]) => [key as string, value as string]),
  );

describe.each(FILES)('%s', (file) => {
  const stages = stagesOf(file);

  it('passes the linter', () => {
    expect(validate(textOf(file)).map(({ message, range }) => [range.start.line + 1, message])).toEqual([]);
  });

  it('starts from images of a named version', () => {
    const own = stages.map(({ name }) => name);
    const foreign = stages.map(({ from }) => from).filter((from) => !own.includes(from));
    expect(foreign.length).toBeGreaterThan(0);
    for (const image of foreign) expect(image).toMatch(/^[\w./-]+:\d+\.\d+[\w.-]*$/);
  });

  it('copies only what is there, and adds nothing from the network', () => {
    const copied = stages.flatMap(({ instructions }) => instructions);
    expect(copied.some((each) => each.getKeyword() === 'ADD')).toBe(false);
    for (const copy of copied.filter((each) => each instanceof Copy)) {
      if (copy.getFromFlag()) continue;
      for (const path of copy
        .getArguments()
        .map((each) => each.getValue())
        .slice(0, -1))
        expect([path, existsSync(join(projectRoot(), path))]).toEqual([path, true]);
    }
  });
});

describe.each([
  ['docker/Dockerfile', 'api', 'dist/apps/api/src/main.js'],
  ['docker/Dockerfile', 'worker-wasm', 'dist/apps/worker/src/main.js'],
  ['docker/Dockerfile', 'cli', 'dist/apps/cli/src/main.js'],
  ['docker/worker-gpu.Dockerfile', 'worker-gpu', 'dist/apps/worker/src/main.js'],
])('%s: the image %s', (file, target, entry) => {
  const instructions = lineage(stagesOf(file), target);
  const env = environmentOf(instructions);

  it('runs a built entry of this project, not as root', () => {
    expect(last(instructions, 'USER')).toBe('node');
    expect(existsSync(join(projectRoot(), entry))).toBe(true);
    const command = target === 'cli' ? last(instructions, 'ENTRYPOINT') : last(instructions, 'CMD');
    expect(JSON.parse(command)).toEqual(['node', entry]);
  });

  it('sets what the configuration knows, and no secret', () => {
    const foreign = ['HEALTH_URL', 'MALLOC_ARENA_MAX'];
    const settings = Object.fromEntries(Object.entries(env).filter(([key]) => !foreign.includes(key)));
    expect(Object.keys(environmentSchema.shape)).toEqual(expect.arrayContaining(Object.keys(settings)));
    expect(environmentSchema.safeParse(settings).error?.issues).toBeUndefined();
    expect(settings['NODE_ENV']).toBe('production');
    for (const key of Object.keys(settings)) expect(key).not.toMatch(/KEY|TOKEN|SECRET|PASSWORD|_URL$/);
  });

  if (target === 'cli') return;

  it('knows by its own health check whether it lives', async () => {
    const content = last(instructions, 'HEALTHCHECK');
    const [program, ...args] = JSON.parse(content.slice(content.indexOf('['))) as string[];
    expect(program).toBe('node');
    const port = env['PORT'] ?? env['WORKER_HEALTH_PORT'];
    expect(env['HEALTH_URL']).toBe(`http://127.0.0.1:${port}/health/live`);

    let status = 200;
    const server = createServer((_request, response) => response.writeHead(status).end());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/health/live`;
    const check = () =>
      promisify(execFile)(process.execPath, args, { env: { HEALTH_URL: url } }).then(
        () => 0,
        ({ code }: { code: number }) => code,
      );
    try {
      expect(await check()).toBe(0);
      status = 503;
      expect(await check()).toBe(1);
    } finally {
      server.close();
      await once(server, 'close');
    }
    expect(await check()).toBe(1);
  });
});

it('the GPU image installs the version of TensorFlow that the project names, and the project itself none', () => {
  const manifest = JSON.parse(textOf('package.json')) as {
    readonly dependencies: Readonly<Record<string, string>>;
    readonly peerDependencies: Readonly<Record<string, string>>;
    readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>;
  };
  const name = '@tensorflow/tfjs-node-gpu';
  expect(textOf('docker/worker-gpu.Dockerfile')).toContain(`${name}@${manifest.peerDependencies[name]} `);
  expect(manifest.peerDependenciesMeta[name]).toEqual({ optional: true });
  expect(manifest.dependencies).not.toHaveProperty([name]);
});

it('the build takes no secret, no data and no history along', () => {
  const [everything, ...allowed] = textOf('.dockerignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  expect(everything).toBe('*');
  expect(allowed.filter((line) => line.startsWith('!')).map((line) => line.slice(1))).toEqual([
    'apps',
    'bin',
    'libs',
    'migrations',
    'models',
    'package.json',
    'package-lock.json',
    '.npmrc',
    '.swcrc',
  ]);
});
