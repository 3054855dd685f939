import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TokenKeys } from '#access';
import { newTokenKeys } from '#config';
import { fileKeyring, generateDataKey } from '#crypto';
import { builtEntry } from '#supervisor';
import { enter } from '../api/support/board.js';
import { Fixtures } from '../api/support/fixtures.js';
import { logIn } from '../api/support/person.js';
import { TestApi } from '../api/support/test-api.js';

let folder: string;
let api: TestApi;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secure-biometric-cli-'));
  api = await TestApi.start();
});
afterAll(async () => {
  await api?.close();
  await rm(folder, { recursive: true, force: true });
});

function cli(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  return cliReading('', ...args);
}

/** @param input what stands on its standard input */
function cliReading(input: string, ...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const { DATABASE_URL } = api.config;
  const run = promisify(execFile)(process.execPath, [builtEntry('apps/cli/src/main.ts'), ...args], {
    env: { PATH: process.env.PATH, DATA_DIR: folder, DATABASE_URL, PUBLIC_URL: 'https://face.example.org/' },
  });
  run.child.stdin?.end(input);
  return run;
}
const trail = () =>
  api.sql(`SELECT action, actor_id FROM audit_events WHERE action LIKE 'board.%' ORDER BY occurred_at`);

describe('board', () => {
  it('prints a link alone, so that it can be piped, which opens the board once', async () => {
    const { stdout, stderr } = await cli('board', 'link', '--actor', 'alice', '--re-drive');
    const [, code] = /^https:\/\/face\.example\.org\/queues\/enter#([\w-]{43})\n$/.exec(stdout) ?? [];
    expect(code).toBeDefined();
    expect(stderr).toMatch(/^Works once, until .* for reading and running failed jobs again\.\n$/);
    expect((await enter(api, code as string)).status).toBe(204);
    expect((await enter(api, code as string)).status).toBe(401);
  });

  it('ends every link and session', async () => {
    const { stdout } = await cli('board', 'close', '--actor', 'bob');
    expect(stdout).toBe('1 links and sessions ended\n');
    expect((await trail()).at(-1)).toEqual({ action: 'board.closed', actor_id: 'bob' });
  });

  it('takes no name that the trail could not hold', async () => {
    const before = await trail();
    for (const name of ['', 'x'.repeat(101), 'a\nb'])
      await expect(cli('board', 'link', '--actor', name)).rejects.toThrow('1 to 100 characters');
    expect(await trail()).toEqual(before);
  });
});

describe('clients', () => {
  const grant = async (clientId: string, clientSecret: string) => {
    const json = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
    return (await api.call('POST', '/v1/oauth/token', { json })).status;
  };
  const parsed = async (...args: string[]) =>
    JSON.parse((await cli('clients', ...args, '--json')).stdout) as {
      clientId: string;
      clientSecret: string;
    };

  it('are created, listed, given a new secret, disabled and enabled, each in the name of an operator', async () => {
    const actor = ['--tenant', 'bank', '--actor', 'carol'];
    const { clientId, clientSecret } = await parsed('create', 'shop', '--rate-limit', '70', ...actor);
    expect(await grant(clientId, clientSecret)).toBe(200);
    const listed = await cli('clients', 'list', '--tenant', 'bank');
    expect(listed.stdout).toMatch(new RegExp(`^${clientId}  enabled \\s+70/min  shop  subjects:read `));
    expect(listed.stdout).not.toContain(clientSecret);

    const rotated = await parsed('rotate', clientId, '--overlap', '60', ...actor);
    for (const secret of [clientSecret, rotated.clientSecret])
      expect(await grant(clientId, secret)).toBe(200);
    const { stdout } = await cli('clients', 'rotate', clientId, '--overlap', '0', ...actor);
    expect(stdout).toContain('The old secret has ended.');
    const [, newest] = /client_secret  ([\w-]{43})/.exec(stdout) ?? [];
    expect(await grant(clientId, rotated.clientSecret)).toBe(401);
    expect(await grant(clientId, newest as string)).toBe(200);

    await cli('clients', 'disable', clientId, ...actor);
    expect(await grant(clientId, newest as string)).toBe(401);
    expect((await cli('clients', 'list', '--tenant', 'bank')).stdout).toContain('disabled');
    await cli('clients', 'enable', clientId, ...actor);
    expect(await grant(clientId, newest as string)).toBe(200);
    await cli('clients', 'revoke', clientId, ...actor);
    expect(await grant(clientId, newest as string)).toBe(401);

    const deeds = await api.sql<{ action: string }>(
      `SELECT action FROM audit_events WHERE actor_kind = 'operator' AND actor_id = 'carol' ORDER BY occurred_at`,
    );
    expect(deeds.map(({ action }) => action)).toEqual([
      'client.created',
      'client.secret_rotated',
      'client.secret_rotated',
      'client.disabled',
      'client.enabled',
      'client.disabled',
    ]);
    await expect(cli('clients', 'disable', clientId, '--tenant', 'other')).rejects.toThrow(
      'Client not found',
    );
    await expect(cli('clients', 'rotate', clientId, '--overlap', '86401', ...actor)).rejects.toThrow(
      '0 to 86400',
    );
  });
});

describe('users', () => {
  const login = (name: string, password: string, deviceToken?: string) =>
    logIn(api, { tenant: 'first', name, password }, { deviceToken });
  const drawn = (stdout: string) => /^password {2}([\w-]{22})$/m.exec(stdout)?.[1] as string;

  it('makes the first administrator, with a password that is shown once and must be changed', async () => {
    const { stdout } = await cli(
      'users',
      'create',
      'root',
      '--tenant',
      'first',
      '--roles',
      'admin',
      '--actor',
      'alice',
    );
    const { status, body } = await login('root', drawn(stdout));
    expect([status, body['passwordChangeRequired'], body['scope']]).toEqual([200, true, '']);
    const [created] = await api.sql(
      `SELECT actor_kind, actor_id FROM audit_events WHERE action = 'user.created'`,
    );
    expect(created).toEqual({ actor_kind: 'operator', actor_id: 'alice' });
  });

  it('takes a password that the person chooses, from the input, and prints none', async () => {
    const chosen = 'mauve otter lampion quay';
    const { stdout } = await cliReading(
      `${chosen}\n`,
      ...['users', 'create', 'carol', '--tenant', 'first', '--roles', 'auditor', 'reviewer', '--prompt'],
    );
    expect(stdout).not.toMatch(/password|mauve/);
    expect((await login('carol', chosen)).body['passwordChangeRequired']).toBe(false);
  });

  it('makes nobody without roles, without a good password, or of a name that is taken', async () => {
    const create = (...args: string[]) => ['users', 'create', ...args, '--tenant', 'first'];
    await expect(cli(...create('dave'))).rejects.toThrow('--roles');
    await expect(cli(...create('dave', '--roles', 'root'))).rejects.toThrow('Allowed choices');
    await expect(cliReading('short\n', ...create('dave', '--roles', 'admin', '--prompt'))).rejects.toThrow(
      'at least 15',
    );
    await expect(cliReading('', ...create('dave', '--roles', 'admin', '--prompt'))).rejects.toThrow(
      'No password',
    );
    await expect(cli(...create('ROOT', '--roles', 'admin'))).rejects.toThrow('The name is taken');
    const { stdout } = await cli('users', 'list', '--tenant', 'first');
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { name: string }).name),
    ).toEqual(['carol', 'root']);
    expect(stdout).not.toContain('argon2');
  });

  it('lets the last administrator in again who forgot the password', async () => {
    const { stdout } = await cli('users', 'reset-password', 'root', '--tenant', 'first');
    const [, device] = /^device {4}(\S+)$/m.exec(stdout) ?? [];
    await api.sql(`UPDATE login_backoff SET failures = 9, retry_at = now() + interval '1 hour'`);
    for (let i = 0; i < 6; i++) await login('root', 'guess');
    expect((await login('root', drawn(stdout))).status).toBe(429);
    expect((await login('root', drawn(stdout), device)).status).toBe(200);
    await expect(cli('users', 'reset-password', 'nobody', '--tenant', 'first')).rejects.toThrow(
      'User not found',
    );
  });

  it('enables who was disabled', async () => {
    await api.sql(`UPDATE users SET disabled_at = now() WHERE name = 'carol'`);
    await cli('users', 'enable', 'carol', '--tenant', 'first');
    const [carol] = await api.sql(`SELECT disabled_at FROM users WHERE name = 'carol'`);
    expect(carol).toEqual({ disabled_at: null });
  });
});

describe('keys rotate', () => {
  it('adds a key that signs later, only when it is time, and at once after a theft', async () => {
    const file = join(folder, 'rotating.json');
    await writeFile(file, newTokenKeys(), { mode: 0o600 });
    const rotate = async (...args: string[]) => (await cli('keys', 'rotate', '--file', file, ...args)).stdout;
    const keys = async () => TokenKeys.parse(await readFile(file, 'utf8'));
    const { kid } = (await keys()).signing;
    expect(await rotate('--if-older-than', '30')).toBe('the newest key is young enough\n');
    expect(await rotate()).toBe('rotated; the new key signs in 15 minutes\n');
    expect((await keys()).published).toHaveLength(2);
    expect((await keys()).signing.kid).toBe(kid);
    await rotate('--compromised');
    expect((await keys()).published).toHaveLength(1);
    expect((await keys()).signing.kid).not.toBe(kid);
    await expect(cli('keys', 'rotate')).rejects.toThrow('--file or TOKEN_KEYS_FILE');
    await expect(rotate('--if-older-than', '0')).rejects.toThrow('whole number of days');
  });
});

describe('keys create', () => {
  it('draws secrets that production takes, for their owner only, and never overwrites one', async () => {
    const out = join(folder, 'installation');
    const { stdout } = await cli('keys', 'create', '--out', out);
    const drawn = await readFile(join(out, 'keyring.json'), 'utf8');
    await expect(fileKeyring(join(out, 'keyring.json'))).resolves.toBeDefined();
    expect(TokenKeys.parse(await readFile(join(out, 'token-keys.json'), 'utf8')).published).toHaveLength(1);
    expect(await readFile(join(out, 'metrics-token'), 'utf8')).toMatch(/^[\w-]{43}$/);
    for (const name of [
      'keyring.json',
      'token-keys.json',
      'receipt-keys.json',
      'audit-keys.json',
      'metrics-token',
    ]) {
      expect((await stat(join(out, name))).mode & 0o777).toBe(0o600);
      expect(stdout).toContain(join(out, name));
    }
    expect(stdout).not.toContain(drawn);

    await expect(cli('keys', 'create', '--out', out)).rejects.toThrow('EEXIST');
    expect(await readFile(join(out, 'keyring.json'), 'utf8')).toBe(drawn);
  });
});

describe('keys rotate-keyring', () => {
  it.each(['encryption', 'templates'])(
    'adds a key for %s, keeps the others, and leaves nothing behind',
    async (purpose) => {
      const out = join(folder, purpose);
      await cli('keys', 'create', '--out', out);
      const file = join(out, 'keyring.json');
      const before = await fileKeyring(file);
      const text = await readFile(file, 'utf8');
      const { stdout } = await cli('keys', 'rotate-keyring', '--file', file, '--purpose', purpose);
      const after = await fileKeyring(file);
      expect([after.activeKekId, after.activeTemplateKekId]).toEqual(
        purpose === 'encryption' ? ['k2', 't1'] : ['k1', 't2'],
      );
      const owner = { tenantId: 't', ownerKind: 'subject', ownerId: 's' } as const;
      const wrapped = await before.wrap(generateDataKey(), owner);
      await expect(after.unwrap(wrapped, owner)).resolves.toBeDefined();
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect((await readdir(out)).filter((name) => name.includes('.new'))).toEqual([]);
      expect(stdout).not.toContain(text.slice(30, 60));
    },
  );
});

describe('references', () => {
  it('re-keys and indexes what its keyring opens, says what it does not, and drops the index', async () => {
    const party = await api.relyingParty();
    const [row] = await api.sql<{ name: string }>('SELECT name FROM tenants WHERE id = $1', [party.tenantId]);
    const tenant = ['--tenant', row?.name as string];
    expect((await cli('references', 're-key', ...tenant)).stdout).toBe('0 subjects re-keyed\n');
    await new Fixtures(api).enrolledSubject(party);
    const lost = {
      code: 1,
      stdout: expect.stringContaining('WARNING: 1 subjects could not be opened') as string,
    };
    await expect(cli('references', 're-key', ...tenant)).rejects.toMatchObject(lost);
    await expect(cli('references', 'index', ...tenant)).rejects.toMatchObject(lost);
    expect((await cli('references', 'index', '--drop', ...tenant)).stdout).toBe('dropped\n');
    expect((await cli('references', 'index', '--drop', ...tenant)).stdout).toBe('there was none\n');
  });
});

describe('policies add', () => {
  it('changes the named rules of enrolment and no other', async () => {
    const first = await cli('policies', 'add', '--max-references', '3', '--duplicates', 'flag');
    expect(first.stdout).toContain('references index');
    const { stdout } = await cli('policies', 'add', '--verification-window', '300');
    expect(JSON.parse(stdout.split('\n')[0] as string)).toMatchObject({
      requiredPadLevel: 'challenge',
      enrolment: { maxReferences: 3, verificationWindowSeconds: 300, duplicates: 'flag' },
    });
    await expect(cli('policies', 'add', '--max-references', '11')).rejects.toThrow('maxReferences');
  });
});
