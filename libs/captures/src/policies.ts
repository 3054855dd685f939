import { type EntityManager, LessThan } from 'typeorm';
import type { z } from 'zod';
import { recordAudit, SYSTEM_ACTOR } from '#audit';
import { DEFAULT_POLICY, type Policy, weakenings } from '#biometrics';
import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import type { Caller } from '#subjects';
import { PolicyEntity } from './entities/policy.entity.js';
import { type PolicyBody, policyBody, policyChanges, type PolicyChanges } from './policy-body.js';

/** A version as its tenant reads it. */
export interface PolicyView {
  /** 0 is the built-in default, which every tenant has. */
  readonly version: number;
  /** Whether captures are made under it now. */
  readonly active: boolean;
  /** Null for the built-in default. */
  readonly createdAt: Date | null;
  readonly body: PolicyBody;
}

/** A tenant's policies: versions are added and never changed; the active one applies to captures made from then on. */
export class Policies {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Newest first, the built-in default last. @param page at most `limit` versions below `before` */
  list(tenantId: string, page: { limit: number; before?: number }): Promise<readonly PolicyView[]> {
    return this.unitOfWork.inTenant(tenantId, async (manager) => {
      const active = await activeVersion(manager);
      const rows = await manager.find(PolicyEntity, {
        where: page.before === undefined ? {} : { version: LessThan(page.before) },
        order: { version: 'DESC' },
        take: page.limit,
      });
      const views = rows.map((row) => viewOf(row, active));
      return views.length < page.limit && page.before !== 0 ? [...views, builtIn(active)] : views;
    });
  }

  /** @throws ProblemError policy_not_found */
  read(tenantId: string, version: number): Promise<PolicyView> {
    return this.unitOfWork.inTenant(tenantId, (manager) => readVersion(manager, version));
  }

  /**
   * Adds a version that differs from `basedOn` (default: the active one) in the named members; it applies to nothing before it is activated.
   * @throws ProblemError policy_not_found, validation_failed for a value out of range
   */
  create(caller: Caller, order: { changes: unknown; basedOn?: number | undefined }): Promise<PolicyView> {
    const changes = parsed(policyChanges, order.changes);
    return this.changing(caller.tenantId, async (manager) => {
      const active = await activeVersion(manager);
      const row = await addVersion(manager, caller, order.basedOn ?? active, changes);
      return viewOf(row, active);
    });
  }

  /**
   * Has captures made from now on decided by that version; those made before keep theirs.
   * @param acceptWeakening the members, by path, in which it may be weaker than the active one
   * @throws ProblemError policy_not_found, policy_weaker naming each member that was not accepted
   */
  activate(caller: Caller, version: number, acceptWeakening: readonly string[]): Promise<PolicyView> {
    return this.changing(caller.tenantId, async (manager) => {
      const next = await readVersion(manager, version);
      const current = await currentPolicy(manager);
      const errors = weakenings(current, next.body)
        .filter((member) => !acceptWeakening.includes(member))
        .map((member) => ({ member, rule: `is weaker than in the active version ${current.version}` }));
      if (errors.length > 0) throw new ProblemError('policy_weaker', { errors });
      await makeActive(manager, caller, version, current);
      return { ...next, active: true };
    });
  }

  /**
   * Adds a version that differs from the active one in the named members, and activates it at once: for whoever runs the installation and
   * types every weakening out. @throws ProblemError validation_failed
   */
  add(tenantId: string, changes: PolicyChanges): Promise<Policy> {
    const operator = { tenantId, actor: SYSTEM_ACTOR, correlationId: '' };
    return this.changing(tenantId, async (manager) => {
      const current = await currentPolicy(manager);
      const row = await addVersion(manager, operator, current.version, parsed(policyChanges, changes));
      await makeActive(manager, operator, row.version, current);
      return policyOfVersion(manager, row.version);
    });
  }

  /** One change of a tenant's policies at a time, so that versions have no gaps and nobody is weakened by a race. */
  private changing<T>(tenantId: string, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.unitOfWork.inTenant(tenantId, async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`policies/${tenantId}`]);
      return work(manager);
    });
  }
}

async function addVersion(
  manager: EntityManager,
  { tenantId, actor, correlationId }: Caller,
  basedOn: number,
  changes: PolicyChanges,
): Promise<PolicyEntity> {
  const base = (await readVersion(manager, basedOn)).body;
  const body = parsed(policyBody, {
    ...base,
    ...changes,
    enrolment: { ...base.enrolment, ...changes.enrolment },
    quality: {
      enrolment: { ...base.quality.enrolment, ...changes.quality?.enrolment },
      verification: { ...base.quality.verification, ...changes.quality?.verification },
    },
    pad: { ...base.pad, ...changes.pad },
    attempts: { ...base.attempts, ...changes.attempts },
  });
  const [{ newest }] = await manager.query<[{ newest: number }]>(
    'SELECT coalesce(max(version), 0) AS newest FROM policies',
  );
  const version = newest + 1;
  await manager.insert(PolicyEntity, { tenantId, version, body });
  await recordAudit(manager, tenantId, {
    action: 'policy.created',
    outcome: 'success',
    actor,
    target: { kind: 'policy', id: String(version) },
    correlationId: correlationId || undefined,
    detail: {
      basedOn,
      requiredPadLevel: body.requiredPadLevel,
      comparisonThreshold: body.comparisonThreshold,
    },
  });
  return manager.findOneByOrFail(PolicyEntity, { version });
}

async function makeActive(
  manager: EntityManager,
  { tenantId, actor, correlationId }: Caller,
  version: number,
  before: Policy,
): Promise<void> {
  await manager.query(
    `INSERT INTO active_policies (tenant_id, version) VALUES ($1, $2)
     ON CONFLICT (tenant_id) DO UPDATE SET version = EXCLUDED.version, activated_at = now()`,
    [tenantId, version],
  );
  const weaker = weakenings(before, await policyOfVersion(manager, version));
  await recordAudit(manager, tenantId, {
    action: 'policy.activated',
    outcome: 'success',
    actor,
    target: { kind: 'policy', id: String(version) },
    correlationId: correlationId || undefined,
    detail: { before: before.version, weaker: weaker.join(',') || null },
  });
}

async function readVersion(manager: EntityManager, version: number): Promise<PolicyView> {
  const active = await activeVersion(manager);
  if (version === DEFAULT_POLICY.version) return builtIn(active);
  const row = await manager.findOneBy(PolicyEntity, { version });
  if (!row) throw new ProblemError('policy_not_found');
  return viewOf(row, active);
}

function viewOf({ version, createdAt, body }: PolicyEntity, active: number): PolicyView {
  return { version, active: version === active, createdAt, body: policyBody.parse(body) };
}

function builtIn(active: number): PolicyView {
  const { version, ...body } = DEFAULT_POLICY;
  return { version, active: version === active, createdAt: null, body };
}

/** @throws ProblemError validation_failed naming the members, never their values */
function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.map(({ path, message }) => ({
    member: ['changes', ...path].join('.'),
    rule: message,
  }));
  throw new ProblemError('validation_failed', { errors });
}

async function activeVersion(manager: EntityManager): Promise<number> {
  const [row] = await manager.query<{ version: number }[]>('SELECT version FROM active_policies');
  return row?.version ?? DEFAULT_POLICY.version;
}

/** The tenant's active policy, or the built-in default. */
export async function currentPolicy(manager: EntityManager): Promise<Policy> {
  return policyOfVersion(manager, await activeVersion(manager));
}

/** The very version a capture was made under. @throws when it is missing: no policy, no decision */
export async function policyOfVersion(manager: EntityManager, version: number): Promise<Policy> {
  if (version === DEFAULT_POLICY.version) return DEFAULT_POLICY;
  const row = await manager.findOneByOrFail(PolicyEntity, { version });
  return { version, ...policyBody.parse(row.body) };
}
