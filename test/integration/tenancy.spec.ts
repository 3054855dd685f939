import { createHash, randomUUID } from 'node:crypto';
import { type DataSource, type EntityManager } from 'typeorm';
import {
  Clients,
  LoginBackoff,
  Passwords,
  Sessions,
  TokenIssuer,
  TokenKeys,
  UserPasswords,
  Users,
} from '#access';
import { AuditCheckpoints } from '#audit';
import { CAPTURE_ENTITIES, LabelCapture, Policies, PolicySimulations } from '#captures';
import { newTokenKeys } from '#config';
import { connect, type DatabaseRole, UnitOfWork } from '#database';
import { IDEMPOTENCY_DEFAULTS, IdempotencyKeys } from '#idempotency';
import { FaceSessions } from '#face-sessions';
import { SUBJECT_ENTITIES } from '#subjects';
import { WEBHOOK_ENTITIES } from '#webhooks';
import { auditKeys, sequencerOf } from '../support/audit.js';
import { callerOf, face, InProcess } from '../support/stack-in-process.js';

const REFUSED = { code: '42501' };
/** Tables of the installation, with no tenant's data in them. */
const FOR_SYSTEM_ONLY = ['login_backoff', 'worker_heartbeats'];

interface Table {
  readonly name: string;
  readonly enabled: boolean;
  readonly forced: boolean;
  readonly tenantColumn: boolean;
}

const TABLES = `
  SELECT c.relname AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
    EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id') AS "tenantColumn"
  FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace ORDER BY 1`;

/** Somebody of the tenant with a known device, and a session that has ended. */
async function personOf(unitOfWork: UnitOfWork, tenantId: string): Promise<void> {
  const caller = callerOf(tenantId);
  const passwords = new Passwords();
  const { id, roles } = await new Users(unitOfWork, passwords).create(caller, {
    name: 'alice',
    roles: ['auditor'],
  });
  await new UserPasswords(unitOfWork, passwords, new LoginBackoff(unitOfWork)).reset(caller, id);
  const settings = { issuer: 'test', audience: 'test', accessTokenTtlSeconds: 60 };
  const issuer = new TokenIssuer(TokenKeys.parse(newTokenKeys()), settings);
  const sessions = new Sessions(unitOfWork, issuer, { idleSeconds: 60, ttlSeconds: 60 });
  await unitOfWork.inTenant(tenantId, (manager) =>
    sessions.begin(manager, tenantId, { id, roles, initialPassword: false }, undefined),
  );
  await sessions.endAll(caller, id);
}

describe('tenancy', () => {
  let one: InProcess;
  let tenants: [string, string];
  let tables: Table[];
  const pools: DataSource[] = [];

  const open = async (role: DatabaseRole, poolMax: number): Promise<DataSource> => {
    const entities = [...SUBJECT_ENTITIES, ...CAPTURE_ENTITIES, ...WEBHOOK_ENTITIES];
    const pool = await connect({ url: one.databaseUrl, role, entities, poolMax });
    pools.push(pool);
    return pool;
  };
  let app: DataSource;
  let system: DataSource;

  beforeAll(async () => {
    one = await InProcess.open();
    app = await open('sb_app', 1);
    system = await open('sb_system', 1);
    const other = await new Clients(one.unitOfWork).tenant('second');
    await new Policies(one.unitOfWork).add(other, { requiredPadLevel: 'none' });
    tenants = [one.tenantId, other];
    for (const tenantId of tenants) {
      const caller = callerOf(tenantId);
      const subjectId = await one.subject(caller);
      await new Clients(one.unitOfWork).create(tenantId, 'service');
      await one.runStages(await one.submitted('liveness', undefined, caller));
      const enrolment = await one.submitted('enrolment', subjectId, caller);
      await one.runStages(enrolment);
      const usual = one.extract;
      const verification = await one.submitted('verification', subjectId, caller);
      one.extract = async (frames) => ({ ...(await usual(frames)), template: face(2) });
      await one.runStages(verification);
      one.extract = usual;
      const verified = await one.submitted('verification', subjectId, caller);
      await one.runStages(verified);
      const sessions = { issuer: 'test', captureAgeMs: 300_000, idleMs: 60_000, ttlMs: 60_000 };
      await new FaceSessions(one.unitOfWork, sessions).open(caller, verified.captureId);
      // The liveness stage of the harness measures nothing, so it leaves no projections.
      await one.unitOfWork.inTenant(tenantId, (manager) =>
        manager.query(
          `INSERT INTO capture_projections (capture_id, tenant_id, projections) VALUES ($1, $2, '\\x00')`,
          [enrolment.captureId, tenantId],
        ),
      );
      await new LabelCapture(one.unitOfWork).execute(caller, enrolment.captureId, { label: 'bona_fide' });
      await new PolicySimulations(one.unitOfWork, { perHour: 1 }).request(caller, 0, {});
      // Nor does it ask for an index of duplicates.
      await one.unitOfWork.inTenant(tenantId, async (manager) => {
        await manager.query(
          `INSERT INTO duplicate_indexes (tenant_id, wrapped_key, template_key) VALUES ($1, '{}', '{}')`,
          [tenantId],
        );
        await manager.query(
          `INSERT INTO duplicate_entries (reference_id, tenant_id, subject_id, model_id, sealed_template)
           SELECT id, tenant_id, subject_id, model_id, sealed_template FROM subject_references`,
        );
        await manager.query(
          `INSERT INTO decision_duplicates (capture_id, tenant_id, subject_id, score) VALUES ($1, $2, $3, 0.9)`,
          [enrolment.captureId, tenantId, subjectId],
        );
      });
      await personOf(one.unitOfWork, tenantId);
      await sequencerOf(one.unitOfWork, 1).sequence(tenantId);
      await new AuditCheckpoints(one.unitOfWork, auditKeys()).create(tenantId);
      // Opened on an accepted verification; here any capture of the subject will do.
      await one.unitOfWork.inTenant(tenantId, (manager) =>
        manager.query(
          `INSERT INTO face_sessions (id, tenant_id, subject_id, capture_id, opened_by, token_hash, authenticated_at,
             pad_level, assurance, expires_at, ends_at)
           VALUES ($1, $2, $3, $4, 'test', $5, now(), 'none', 'self_asserted', now() + interval '1 hour', now() + interval '1 hour')`,
          [
            randomUUID(),
            tenantId,
            subjectId,
            enrolment.captureId,
            createHash('sha256').update(tenantId).digest(),
          ],
        ),
      );
      // Passes belong to the platform's own tenant; here every tenant has one.
      await one.unitOfWork.inTenant(tenantId, (manager) =>
        manager.query(
          `INSERT INTO board_passes (id, tenant_id, actor, re_drive, code_hash, code_expires_at)
           VALUES ($1, $2, 'alice', false, $3, now())`,
          [randomUUID(), tenantId, Buffer.from(tenantId)],
        ),
      );
      // Events of webhooks are written by the relay, which this suite has none of.
      await one.probe.rows(
        `WITH endpoint AS (
           INSERT INTO webhook_endpoints (id, tenant_id, url) VALUES (gen_random_uuid(), $1::uuid, 'https://rp.example/') RETURNING id),
         secret AS (
           INSERT INTO webhook_secrets (id, tenant_id, endpoint_id, wrapped_key, sealed_secret)
           SELECT gen_random_uuid(), $1::uuid, id, '{}', '\\x00' FROM endpoint),
         event AS (
           INSERT INTO webhook_events (id, tenant_id, type, about, occurred_at, data)
           VALUES (gen_random_uuid(), $1::uuid, 'capture.decided', gen_random_uuid(), now(), '{}') RETURNING id),
         delivery AS (
           INSERT INTO webhook_deliveries (id, tenant_id, event_id, endpoint_id)
           SELECT gen_random_uuid(), $1::uuid, event.id, endpoint.id FROM event, endpoint RETURNING id)
         INSERT INTO webhook_attempts (delivery_id, tenant_id, attempt, started_at, duration_ms, outcome)
         SELECT id, $1::uuid, 1, now(), 1, 'delivered' FROM delivery`,
        [tenantId],
      );
      const keys = new IdempotencyKeys(one.unitOfWork, one.keyring, IDEMPOTENCY_DEFAULTS);
      await keys.claim({ tenantId, caller: 'client:test', route: 'POST /', key: 'key', payload: '' });
    }
    tables = await one.probe.rows<Table>(TABLES);
  });
  afterAll(async () => {
    for (const pool of pools.splice(0)) await pool.destroy();
    await one?.close();
  });

  /** In a transaction of the tenant, or of no tenant; nothing of it stays. */
  const within = async <T>(
    tenantId: string | null,
    work: (manager: EntityManager) => Promise<T>,
  ): Promise<T> => {
    const runner = app.createQueryRunner();
    await runner.startTransaction();
    try {
      if (tenantId !== null) await runner.query(`SELECT set_config('app.tenant_id', $1, true)`, [tenantId]);
      return await work(runner.manager);
    } finally {
      await runner.rollbackTransaction();
      await runner.release();
    }
  };
  const tenantTables = () => tables.filter(({ tenantColumn }) => tenantColumn);

  it('forces row level security on every table that has a tenant', () => {
    expect(tenantTables().map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'audit_events',
        'captures',
        'decisions',
        'outbox',
        'subject_references',
        'subjects',
      ]),
    );
    expect(tenantTables().filter(({ enabled, forced }) => !enabled || !forced)).toEqual([]);
    const without = tables
      .filter(({ tenantColumn, forced }) => !tenantColumn && !forced)
      .map(({ name }) => name);
    expect(without).toEqual(['migrations']);
  });

  it('gives neither role the power to pass by it', async () => {
    const roles = await one.probe.rows(
      `SELECT rolname FROM pg_roles WHERE rolname IN ('sb_app', 'sb_system') AND NOT rolsuper AND NOT rolbypassrls AND NOT rolcanlogin`,
    );
    expect(roles).toHaveLength(2);
    expect(
      await one.probe.count(
        `pg_class WHERE relowner IN (SELECT oid FROM pg_roles WHERE rolname IN ('sb_app', 'sb_system'))`,
      ),
    ).toBe(0);
  });

  it('has rows of both tenants in every table the suite looks at', async () => {
    for (const { name } of tenantTables()) {
      const seen = await one.probe.rows<{ tenant_id: string }>(`SELECT DISTINCT tenant_id FROM ${name}`);
      expect({ name, tenants: seen.map(({ tenant_id }) => tenant_id).sort() }).toEqual({
        name,
        tenants: [...tenants].sort(),
      });
    }
  });

  it('shows the application nothing without a tenant, in any table', async () => {
    const readable = tables.filter(({ name, enabled }) => enabled && !FOR_SYSTEM_ONLY.includes(name));
    for (const { name } of readable) {
      for (const tenant of [null, '']) {
        const [row] = await within(tenant, (manager) =>
          manager.query<{ n: number }[]>(`SELECT count(*)::int AS n FROM ${name}`),
        );
        expect({ name, tenant, rows: row?.n }).toEqual({ name, tenant, rows: 0 });
      }
    }
    for (const name of ['migrations', ...FOR_SYSTEM_ONLY])
      await expect(within(null, (manager) => manager.query(`SELECT * FROM ${name}`))).rejects.toMatchObject(
        REFUSED,
      );
  });

  it('shows the application its own tenant’s rows only, and changes no other’s', async () => {
    for (const { name } of tenantTables()) {
      for (const tenantId of tenants) {
        const rows = await within(tenantId, (manager) =>
          manager.query<{ tenant_id: string }[]>(`SELECT tenant_id FROM ${name}`),
        );
        expect({ name, only: [...new Set(rows.map((row) => row.tenant_id))] }).toEqual({
          name,
          only: [tenantId],
        });
      }
    }
    const [mine, theirs] = tenants;
    const [, updated] = await within(mine, (manager) =>
      manager.query<[unknown, number]>(`UPDATE captures SET stage = NULL WHERE tenant_id = $1`, [theirs]),
    );
    const [, deleted] = await within(mine, (manager) =>
      manager.query<[unknown, number]>(`DELETE FROM subjects WHERE tenant_id = $1`, [theirs]),
    );
    expect([updated, deleted]).toEqual([0, 0]);
  });

  it('refuses a row of another tenant in every table, and the move of a row to one', async () => {
    const [mine, theirs] = tenants;
    for (const { name } of tenantTables()) {
      const columns = await one.probe.rows<{ column: string }>(
        `SELECT column_name AS column FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name = $1 AND is_identity = 'NO'`,
        [name],
      );
      const list = columns.map(({ column }) => column).join(', ');
      const [row] = await one.probe.rows<{ row: object }>(
        `SELECT to_jsonb(t) AS row FROM ${name} t WHERE tenant_id = $1 LIMIT 1`,
        [theirs],
      );
      const insert = within(mine, (manager) =>
        manager.query(
          `INSERT INTO ${name} (${list}) SELECT ${list} FROM jsonb_populate_record(NULL::${name}, $1)`,
          [row?.row],
        ),
      );
      await expect(insert.then(() => `${name}: inserted`)).rejects.toMatchObject({
        ...REFUSED,
        message: expect.stringContaining('row-level security') as string,
      });
    }
    const move = within(mine, (manager) => manager.query('UPDATE subjects SET tenant_id = $1', [theirs]));
    await expect(move).rejects.toMatchObject(REFUSED);
  });

  it('never mixes two tenants on one connection, however their transactions interleave', async () => {
    const narrow = new UnitOfWork(app, system);
    const see = (tenantId: string) =>
      narrow.inTenant(tenantId, async (manager) => {
        const first = await manager.query<{ tenant_id: string }[]>('SELECT DISTINCT tenant_id FROM captures');
        await manager.query('SELECT pg_sleep(0.002)');
        const second = await manager.query<{ tenant_id: string }[]>(
          'SELECT DISTINCT tenant_id FROM subjects',
        );
        return [...first, ...second].map((row) => row.tenant_id);
      });
    const calls = Array.from({ length: 60 }, (_, index) => tenants[index % 2] as string);
    const seen = await Promise.all(
      calls.map((tenantId, index) =>
        index % 7 === 3
          ? narrow
              .inTenant(tenantId, () => Promise.reject(new Error('rolled back')))
              .catch(() => [tenantId, tenantId])
          : see(tenantId),
      ),
    );
    expect(seen).toEqual(calls.map((tenantId) => [tenantId, tenantId]));
    const [left] = await app.query<{ tenant: string | null }[]>(
      `SELECT current_setting('app.tenant_id', true) AS tenant`,
    );
    expect(left?.tenant ?? '').toBe('');
  });

  it('hides another tenant’s captures and subjects from every use case', async () => {
    const [mine, theirs] = tenants;
    const { id: captureId } = await one.probe.one<{ id: string }>(
      'SELECT id FROM captures WHERE tenant_id = $1 LIMIT 1',
      [theirs],
    );
    const { id: subjectId } = await one.probe.one<{ id: string }>(
      'SELECT id FROM subjects WHERE tenant_id = $1 LIMIT 1',
      [theirs],
    );
    const caller = callerOf(mine);
    const capture = { code: 'capture_not_found' };
    const subject = { code: 'subject_not_found' };
    await expect(one.readCapture.execute(mine, captureId, true)).rejects.toMatchObject(capture);
    await expect(one.startCapture.execute(caller, captureId)).rejects.toMatchObject(capture);
    await expect(one.submit(captureId, caller)).rejects.toMatchObject(capture);
    await expect(one.cancelCapture.execute(caller, captureId)).rejects.toMatchObject(capture);
    await expect(one.subjects.get(mine, subjectId)).rejects.toMatchObject(subject);
    await expect(one.subjects.erase(caller, subjectId)).rejects.toMatchObject(subject);
    await expect(one.consents.list(mine, subjectId)).rejects.toMatchObject(subject);
    await expect(
      one.createCapture.execute(caller, { purpose: 'enrolment', subjectId }),
    ).rejects.toMatchObject(subject);
  });

  it('does nothing for a job that names another tenant', async () => {
    const [mine, theirs] = tenants;
    const job = await one.submitted('liveness', undefined, callerOf(theirs));
    expect((await one.handle('extraction', { ...job, tenantId: mine })).result).toBe('stale');
    expect((await one.handle('extraction', { ...job, tenantId: randomUUID() })).result).toBe('stale');
    expect(await one.probe.effects(job.captureId)).toMatchObject({ state: 'submitted', results: [] });
  });

  it.each([
    ['UPDATE audit_events SET outcome = outcome'],
    ['DELETE FROM audit_events'],
    ['TRUNCATE audit_events'],
    [`UPDATE decisions SET outcome = 'accepted'`],
    ['UPDATE stage_results SET halt = NULL'],
    ['UPDATE subject_references SET sealed_template = sealed_template'],
    [`UPDATE policies SET body = '{}'`],
    ['DELETE FROM policies'],
    ['UPDATE audit_chain SET hash = hash'],
    ['DELETE FROM audit_chain'],
    ['UPDATE audit_checkpoints SET signed = signed'],
    ['DELETE FROM audit_checkpoints'],
    ["INSERT INTO tenants (id, name) VALUES (gen_random_uuid(), 'third')"],
    ['DELETE FROM outbox'],
  ])('refuses the application: %s', async (statement) => {
    await expect(within(tenants[0], (manager) => manager.query(statement))).rejects.toMatchObject(REFUSED);
  });

  it.each(['UPDATE audit_events SET outcome = outcome', 'DELETE FROM audit_events', 'TRUNCATE audit_events'])(
    'refuses even the owner: %s',
    async (statement) => {
      await expect(one.probe.rows(statement)).rejects.toMatchObject(REFUSED);
    },
  );

  it('lets the system role read and write exactly what its grants say', async () => {
    const granted = await one.probe.rows<{ right: string }>(
      `SELECT format('%s.%s %s', table_name, column_name, privilege_type) AS right
       FROM information_schema.column_privileges WHERE grantee = 'sb_system' AND table_schema = 'public' ORDER BY 1`,
    );
    const rights = granted.map(({ right }) => right);
    const of = (table: string) =>
      rights.filter((right) => right.startsWith(`${table}.`)).map((right) => right.slice(table.length + 1));
    expect(of('captures').sort()).toEqual(
      [
        'ended_at SELECT',
        'id SELECT',
        'next_check_at SELECT',
        'next_check_at UPDATE',
        'stage SELECT',
        'stage_queued_at SELECT',
        'stage_started_at SELECT',
        'state SELECT',
        'submitted_at SELECT',
        'tenant_id SELECT',
      ].sort(),
    );
    expect(of('clients').sort()).toEqual(['id SELECT', 'tenant_id SELECT']);
    expect(of('audit_pending').sort()).toEqual(['recorded_at SELECT', 'tenant_id SELECT']);
    expect(of('audit_chain').sort()).toEqual(['seq SELECT', 'tenant_id SELECT']);
    expect(of('audit_checkpoints').sort()).toEqual(['created_at SELECT', 'seq SELECT', 'tenant_id SELECT']);
    expect([...new Set(rights.map((right) => right.split('.')[0]))].sort()).toEqual(
      [
        'audit_chain',
        'audit_checkpoints',
        'audit_pending',
        'capture_events',
        'captures',
        'clients',
        'face_sessions',
        'idempotency_keys',
        'login_backoff',
        'outbox',
        'pending_blobs',
        'policy_simulations',
        'tenants',
        'token_revocations',
        'user_sessions',
        'webhook_deliveries',
        'webhook_endpoints',
        'webhook_events',
        'worker_heartbeats',
      ].sort(),
    );
    expect(of('capture_events').sort()).toEqual(['capture_id SELECT', 'seq SELECT']);
    expect(of('webhook_endpoints').sort()).toEqual(['id SELECT', 'state SELECT']);
    expect(of('webhook_events')).toEqual(['created_at SELECT']);
    expect(of('idempotency_keys')).toEqual(['expires_at SELECT']);
    expect(of('token_revocations').sort()).toEqual(['expires_at SELECT', 'holder_id SELECT']);
    expect(of('user_sessions').sort()).toEqual(['id SELECT', 'tenant_id SELECT']);
  });

  it.each([
    ['SELECT * FROM captures'],
    ['SELECT subject_id FROM captures'],
    ['SELECT wrapped_key FROM captures'],
    ['SELECT page_code_hash FROM captures'],
    [`UPDATE captures SET state = 'cancelled'`],
    ['DELETE FROM captures'],
    ['SELECT 1 FROM subjects'],
    ['SELECT 1 FROM subject_references'],
    ['SELECT 1 FROM stage_results'],
    ['SELECT 1 FROM decisions'],
    ['SELECT 1 FROM capture_frames'],
    ['SELECT 1 FROM consents'],
    ['SELECT 1 FROM audit_events'],
    ['SELECT event_id FROM audit_pending'],
    ['SELECT hash FROM audit_chain'],
    ['SELECT signed FROM audit_checkpoints'],
    ['SELECT 1 FROM subject_attempts'],
    ['SELECT 1 FROM policies'],
    ['SELECT 1 FROM users'],
    ['SELECT user_id FROM user_sessions'],
    ['SELECT 1 FROM refresh_tokens'],
    ['SELECT 1 FROM known_devices'],
    ['SELECT secret_hash FROM clients'],
    ['SELECT url FROM webhook_endpoints'],
    ['SELECT data FROM webhook_events'],
    ['SELECT 1 FROM webhook_secrets'],
    ['SELECT 1 FROM webhook_attempts'],
    [`UPDATE webhook_deliveries SET state = 'delivered'`],
    ['SELECT sealed_answer FROM idempotency_keys'],
  ])('refuses the system role: %s', async (statement) => {
    await expect(system.query(statement)).rejects.toMatchObject(REFUSED);
  });
});
