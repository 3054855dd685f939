import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Clients, tenantNamed } from '#access';
import { Platform } from '#platform';
import { builtEntry } from '#supervisor';
import { TestApi } from '../api/support/test-api.js';
import { recordEvents } from '../support/audit.js';

let folder: string;
let api: TestApi;
let tenantId: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secure-biometric-audit-'));
  api = await TestApi.start();
  const { unitOfWork } = api.app.get(Platform);
  tenantId = await tenantNamed(unitOfWork, 'bank');
  await new Clients(unitOfWork).create(tenantId, 'service');
  await recordEvents(unitOfWork, tenantId, 9);
});
afterAll(async () => {
  await api?.close();
  await rm(folder, { recursive: true, force: true });
});

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param env laid over that of an installation: its data folder holds the keys */
async function audit(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Result> {
  const { DATABASE_URL, DATA_DIR } = api.config;
  try {
    const out = await promisify(execFile)(
      process.execPath,
      [builtEntry('apps/cli/src/main.ts'), 'audit', ...args],
      { env: { PATH: process.env.PATH, DATA_DIR, DATABASE_URL, ...env } },
    );
    return { code: 0, ...out };
  } catch (error) {
    return error as Result;
  }
}
const pathOf = (name: string) => join(folder, name);

it('signs checkpoints to keep elsewhere, of everything that had committed, and says when there is nothing new', async () => {
  const { code, stdout } = await audit(['checkpoint', '--tenant', 'bank', '--actor', 'carol']);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)]);
  await writeFile(pathOf('checkpoints'), stdout);
  expect(JSON.parse(Buffer.from(stdout.split('.')[1] as string, 'base64url').toString())).toMatchObject({
    sub: tenantId,
    seq: 10,
  });
  // The deed itself is new, so there is one more thing to vouch for, and then one more.
  const again = await audit(['checkpoint', '--tenant', 'bank', '--out', pathOf('second')]);
  expect([again.code, again.stdout]).toEqual([0, '']);
  expect(await readFile(pathOf('second'), 'utf8')).toMatch(/\n$/);
  expect((await audit(['checkpoint', '--tenant', 'bank', '--out', pathOf('second')])).stderr).toContain(
    'EEXIST',
  );
});

it('verifies every tenant, against checkpoints that were kept', async () => {
  const { code, stdout } = await audit(['verify', '--checkpoint', pathOf('checkpoints')]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^bank: \d+ links hold, [23] checkpoints agree/m);
});

it('makes no tenant by a typing error', async () => {
  for (const command of ['verify', 'checkpoint', 'export']) {
    const { code, stderr } = await audit([command, '--tenant', 'bnak']);
    expect([code, stderr]).toEqual([1, 'error: No tenant bnak\n']);
  }
  expect(await api.sql(`SELECT 1 FROM tenants WHERE name = 'bnak'`)).toEqual([]);
});

describe('an export', () => {
  let keys: string;

  beforeAll(async () => {
    keys = pathOf('jwks.json');
    await writeFile(keys, (await api.call('GET', '/.well-known/audit-jwks.json')).text);
    expect((await audit(['export', '--tenant', 'bank', '--out', pathOf('trail.jsonl')])).code).toBe(0);
  });

  const NOWHERE = { DATABASE_URL: '', DATA_DIR: '/nonexistent' };
  const verifyFile = (file: string, ...more: string[]) =>
    audit(['verify', '--file', pathOf(file), '--jwks', keys, ...more], NOWHERE);
  const lines = async () => (await readFile(pathOf('trail.jsonl'), 'utf8')).trimEnd().split('\n');

  it('is verified far from any database, with public keys', async () => {
    const { code, stdout } = await verifyFile('trail.jsonl', '--checkpoint', pathOf('checkpoints'));
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/trail\.jsonl: \d+ links hold, [23] checkpoints agree/),
    ]);
    expect((await audit(['verify', '--file', pathOf('trail.jsonl')], NOWHERE)).stderr).toContain('--jwks');
  });

  it('shows what was changed in it', async () => {
    const all = await lines();
    const changed = all.map((line, index) => (index === 3 ? line.replace('"success"', '"refused"') : line));
    await writeFile(pathOf('changed.jsonl'), changed.join('\n'));
    expect(await verifyFile('changed.jsonl')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/FAULT changed at 4, event [\w-]{36}; before it 3 links hold/) as string,
    });
    await writeFile(pathOf('shorter.jsonl'), all.filter((_, index) => index !== 3).join('\n'));
    expect((await verifyFile('shorter.jsonl')).stdout).toContain('FAULT deleted at 4');
    await writeFile(pathOf('other.txt'), 'hello\n');
    expect((await verifyFile('other.txt')).stderr).toBe('error: Line 1 is not one of an export\n');
  });

  it('of a stretch begins where the stretch does', async () => {
    const { event } = JSON.parse((await lines())[4] as string) as { event: { occurredAt: string } };
    const from = event.occurredAt;
    const { stdout } = await audit([
      'export',
      '--tenant',
      'bank',
      '--from',
      from,
      '--to',
      '2999-01-01T00:00:00Z',
    ]);
    const [first] = stdout.split('\n');
    expect(JSON.parse(first as string)).toMatchObject({ seq: expect.any(Number) as number });
    await writeFile(pathOf('stretch.jsonl'), stdout);
    const { code } = await verifyFile('stretch.jsonl');
    expect(code).toBe(0);
    const none = await audit(['export', '--tenant', 'bank', '--to', '2000-01-01T00:00:00Z']);
    expect([none.code, none.stdout]).toEqual([0, '']);
  });
});

it('exits 1 where the chain does not hold, and names the place', async () => {
  await api.sql(`DO $$ BEGIN SET LOCAL session_replication_role = replica;
    UPDATE audit_events SET outcome = 'refused' WHERE tenant_id = '${tenantId}' AND target_id = 'subject-3'; END $$`);
  const { code, stdout } = await audit(['verify', '--tenant', 'bank']);
  expect([code, stdout]).toEqual([1, expect.stringMatching(/^bank: FAULT changed at 4, event /)]);
});

it('leaves what operators did in the trail', async () => {
  const deeds = await api.sql(
    `SELECT DISTINCT action, actor_kind FROM audit_events WHERE action LIKE 'audit.%' AND tenant_id = $1 ORDER BY 1`,
    [tenantId],
  );
  expect(deeds).toEqual(
    ['audit.checkpoint_created', 'audit.exported', 'audit.verified'].map((action) => ({
      action,
      actor_kind: 'operator',
    })),
  );
});
