import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TokenKeys } from '#access';
import { fileKeyring, generateDataKey } from '#crypto';
import { builtEntry } from '#supervisor';
import { enter } from '../api/support/board.js';
import { Fixtures } from '../api/support/fixtures.js';
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
  const { DATABASE_URL } = api.config;
  return promisify(execFile)(process.execPath, [builtEntry('apps/cli/src/main.ts'), ...args], {
    env: { PATH: process.env.PATH, DATA_DIR: folder, DATABASE_URL, PUBLIC_URL: 'https://face.example.org/' },
  });
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

describe('keys create', () => {
  it('draws secrets that production takes, for their owner only, and never overwrites one', async () => {
    const out = join(folder, 'installation');
    const { stdout } = await cli('keys', 'create', '--out', out);
    const drawn = await readFile(join(out, 'keyring.json'), 'utf8');
    await expect(fileKeyring(join(out, 'keyring.json'))).resolves.toBeDefined();
    expect(TokenKeys.parse(await readFile(join(out, 'token-keys.json'), 'utf8')).published).toHaveLength(1);
    expect(await readFile(join(out, 'metrics-token'), 'utf8')).toMatch(/^[\w-]{43}$/);
    for (const name of ['keyring.json', 'token-keys.json', 'metrics-token']) {
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
      expect((await readdir(out)).filter((name) => name.includes('next'))).toEqual([]);
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
