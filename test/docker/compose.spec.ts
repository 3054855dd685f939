import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { environmentSchema, parseConfig } from '#config';
import { projectRoot } from '#supervisor';

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string; readonly target?: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly user?: string;
  readonly ports?: readonly string[];
  readonly networks: readonly string[];
  readonly volumes?: readonly string[];
  readonly secrets?: readonly string[];
  readonly healthcheck?: object;
  readonly profiles?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly deploy: { readonly resources: { readonly limits: Readonly<Record<string, unknown>> } };
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const SETTINGS: Readonly<Record<string, string>> = {
  OWNER_PASSWORD: 'owner-password',
  SERVICE_PASSWORD: 'service-password',
  REDIS_PASSWORD: 'redis-password',
  PUBLIC_URL: 'https://face.example.org',
};
const OURS = ['migrate', 'api', 'worker', 'worker-gpu', 'cli'];
const read = (name: string) => readFileSync(join(projectRoot(), 'docker', name), 'utf8');
const text = read('compose.yaml');

/** The file as an engine sees it once the variables of docker/.env are filled in. */
const compose = parse(
  text.replace(/\$\{(\w+)(?::([?-])([^}]*))?\}/g, (_, key: string, sign: string, rest: string) => {
    const value = SETTINGS[key] ?? (sign === '-' ? rest : undefined);
    if (value === undefined) throw new Error(`${key} has neither a value nor a default`);
    return value;
  }),
  { merge: true },
) as Compose;
const services = Object.entries(compose.services);

it('passes the linter, which knows the schema of the Compose Specification', async () => {
  const linter = join(projectRoot(), 'node_modules', 'dclint', 'bin', 'dclint.cjs');
  const args = [linter, '-c', 'docker/.dclintrc.yaml', '--max-warnings', '0', 'docker/compose.yaml'];
  const complaints = await promisify(execFile)(process.execPath, args, { cwd: projectRoot() }).then(
    ({ stdout }) => stdout,
    ({ stdout }: { stdout: string }) => stdout || 'the linter failed',
  );
  expect(complaints.trim()).toBe('');
});

it('demands every setting that has no default, and docker/.env.example names it', () => {
  const demanded = new Set([...text.matchAll(/\$\{(\w+):\?/g)].map(([, key]) => key as string));
  expect(demanded).toEqual(new Set(Object.keys(SETTINGS)));
  for (const key of demanded) expect(read('.env.example')).toMatch(new RegExp(`^${key}=`, 'm'));
});

it.each(services)('%s has a read-only root, no capability and a limit on everything', (_name, service) => {
  expect(service).toMatchObject({
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    deploy: {
      resources: { limits: { cpus: expect.any(String) as string, memory: expect.any(String) as string } },
    },
  });
  expect(service.deploy.resources.limits['pids']).toBeGreaterThan(0);
  expect(service).not.toHaveProperty('privileged');
});

it('runs images of a named version, our own excepted, as nobody special', () => {
  for (const [name, { image, user }] of services) {
    if (OURS.includes(name)) expect(image).toMatch(/^secure-biometric\/[a-z-]+:local$/);
    else
      expect([image, user]).toEqual([expect.stringMatching(/:\d+\.\d+/), expect.stringMatching(/^[a-z]+$/)]);
  }
});

it.each(services.filter(([, { build }]) => build))(
  '%s is built from a stage that exists',
  (_name, { build }) => {
    const { context, dockerfile, target } = build as NonNullable<Service['build']>;
    expect(context).toBe('..');
    const dockerfileText = readFileSync(join(projectRoot(), dockerfile), 'utf8');
    if (target) expect(dockerfileText).toMatch(new RegExp(`^FROM \\S+ AS ${target}$`, 'm'));
  },
);

it('opens one port, on this machine only, and keeps database and queue among themselves', () => {
  const opened = services.flatMap(([name, { ports = [] }]) => ports.map((port) => `${name} ${port}`));
  expect(opened).toEqual(['api 127.0.0.1:8080:8080']);
  expect(compose.networks['backend']?.internal).toBe(true);
  for (const [name, { networks }] of services)
    expect([name, networks]).toEqual([name, name === 'api' ? ['backend', 'frontend'] : ['backend']]);
});

it('starts in order: servers that answer, then migrations, then everything else', () => {
  for (const name of ['postgres', 'redis']) expect(compose.services[name]?.healthcheck).toBeDefined();
  expect(compose.services['migrate']?.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
  for (const name of ['api', 'worker', 'worker-gpu', 'cli'])
    expect([name, compose.services[name]?.depends_on]).toEqual([
      name,
      {
        migrate: { condition: 'service_completed_successfully' },
        redis: { condition: 'service_healthy' },
      },
    ]);
});

it('has a Redis that forgets nothing', () => {
  const command = (compose.services['redis']?.command ?? []).join(' ');
  for (const setting of [
    '--appendonly yes',
    '--appendfsync everysec',
    '--maxmemory-policy noeviction',
    '--requirepass ',
  ])
    expect(command).toContain(setting);
});

describe.each(OURS)('the settings of %s', (name) => {
  const environment = compose.services[name]?.environment ?? {};

  it('are known to the configuration', () => {
    expect(Object.keys(environmentSchema.shape)).toEqual(expect.arrayContaining(Object.keys(environment)));
  });

  it('hold the owner of the database back from whatever serves', () => {
    const holdsOwner = JSON.stringify(environment).includes('owner-password');
    expect(holdsOwner).toBe(name === 'migrate');
  });

  if (name === 'migrate') return;

  it('are a complete production configuration, with secrets in files', () => {
    const fromImage = { NODE_ENV: 'production', BLOB_DIR: '/var/lib/secure-biometric/blobs' };
    const config = parseConfig({ ...fromImage, ...environment });
    for (const [key, value] of Object.entries(environment).filter(([each]) => each.endsWith('_FILE'))) {
      expect([key, value]).toEqual([key, expect.stringMatching(/^\/run\/secrets\//)]);
      expect(compose.services[name]?.secrets).toContain(value.split('/').at(-1));
    }
    expect(config.ARTIFACTS).toBe(false);
    expect(compose.services[name]?.volumes).toContain('blobs:/var/lib/secure-biometric/blobs');
  });
});
