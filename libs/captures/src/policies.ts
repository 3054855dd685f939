import { type EntityManager, LessThan } from 'typeorm';
import { z } from 'zod';
import { recordAudit, SYSTEM_ACTOR } from '#audit';
import {
  type AttemptLimits,
  DEFAULT_ATTEMPT_LIMITS,
  DEFAULT_ENROLMENT_POLICY,
  DEFAULT_PAD_THRESHOLDS,
  DEFAULT_POLICY,
  DUPLICATE_RULES,
  type EnrolmentPolicy,
  PAD_LEVELS,
  type PadThresholds,
  type Policy,
  QUALITY_COMPONENTS,
  type QualityComponent,
  weakenings,
} from '#biometrics';
import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import type { Caller } from '#subjects';
import { PolicyEntity } from './entities/policy.entity.js';

const padThresholds = z.strictObject({
  minStillness: z.number().min(0).max(255),
  minTurnDegrees: z.number().min(1).max(60),
  minNodDegrees: z.number().min(1).max(45),
  maxBlinkRatio: z.number().min(0).max(1),
  minMouthOpening: z.number().min(0).max(2),
  minApproach: z.number().min(1).max(4),
  minHomographyResidual: z.number().min(0).max(1),
  minQuadraticResidual: z.number().min(0).max(1),
  minPlaneSolidRatio: z.number().min(-10).max(10),
  maxForeshortening: z.number().min(0).max(2),
  minConsistency: z.number().min(-1).max(1),
  // Versions stored before groups of frames were compared lack it.
  minGroupConsistency: z.number().min(-1).max(1).default(DEFAULT_PAD_THRESHOLDS.minGroupConsistency),
  replayedFrames: z.number().int().min(1).max(12),
  nearDuplicateBits: z.number().int().min(0).max(128),
  // Versions from before trajectories were compared.
  minTrajectoryDistance: z.number().min(0).max(0.5).default(DEFAULT_PAD_THRESHOLDS.minTrajectoryDistance),
  // Versions stored before there was a flash lack these.
  maxFlashP: z.number().min(0).max(1).default(DEFAULT_PAD_THRESHOLDS.maxFlashP),
  minFlashGain: z.number().min(0).max(1).default(DEFAULT_PAD_THRESHOLDS.minFlashGain),
  minFlashRho: z.number().min(0).max(1).default(DEFAULT_PAD_THRESHOLDS.minFlashRho),
  minStrongFlashRho: z.number().min(0).max(1).default(DEFAULT_PAD_THRESHOLDS.minStrongFlashRho),
  strongFlashGain: z.number().min(0).max(10).default(DEFAULT_PAD_THRESHOLDS.strongFlashGain),
  minFlashSectors: z.number().int().min(1).max(6).default(DEFAULT_PAD_THRESHOLDS.minFlashSectors),
  maxFlashAdditive: z.number().min(0).max(1).default(DEFAULT_PAD_THRESHOLDS.maxFlashAdditive),
  maxFlashSpread: z.number().min(0).max(100).default(DEFAULT_PAD_THRESHOLDS.maxFlashSpread),
  readableFlashGain: z.number().min(0).max(10).default(DEFAULT_PAD_THRESHOLDS.readableFlashGain),
  maxFlashBackground: z.number().min(0).max(1).default(DEFAULT_PAD_THRESHOLDS.maxFlashBackground),
  maxFlashSideToCentre: z.number().min(0).max(10).default(DEFAULT_PAD_THRESHOLDS.maxFlashSideToCentre),
  evenFlashSpread: z.number().min(0).max(10).default(DEFAULT_PAD_THRESHOLDS.evenFlashSpread),
  minFlashSpread: z.number().min(0).max(10).default(DEFAULT_PAD_THRESHOLDS.minFlashSpread),
  knownFlashGain: z.number().min(0).max(1000).default(DEFAULT_PAD_THRESHOLDS.knownFlashGain),
  foreignFlashRms: z.number().min(0).max(10).default(DEFAULT_PAD_THRESHOLDS.foreignFlashRms),
  foreignFlashP: z.number().min(0).max(1).default(DEFAULT_PAD_THRESHOLDS.foreignFlashP),
} satisfies Record<keyof PadThresholds, z.ZodType<number>>);

/** Without defaults: they would take the place of what the version says that it is based on. */
const padChanges = z
  .strictObject(
    Object.fromEntries(
      Object.entries(padThresholds.shape).map(([name, member]) => [
        name,
        member instanceof z.ZodDefault ? member.unwrap() : member,
      ]),
    ) as Record<keyof PadThresholds, z.ZodNumber>,
  )
  .partial();

const enrolment = z.strictObject({
  maxReferences: z.number().int().min(1).max(10),
  verificationWindowSeconds: z.number().int().min(60).max(3_600),
  duplicates: z.enum(DUPLICATE_RULES),
  duplicateThreshold: z.number().min(0).max(1),
} satisfies Record<keyof EnrolmentPolicy, z.ZodType>);

const qualityFloor = z.number().min(0).max(100);
/** Every component must be there. */
const qualityFloors = z.strictObject(
  Object.fromEntries(QUALITY_COMPONENTS.map((component) => [component, qualityFloor])) as Record<
    QualityComponent,
    typeof qualityFloor
  >,
);

/** Upper bounds are those of NIST SP 800-63B-4 §3.2.3 with PAD, lower ones keep the way in open. */
const attemptLimits = z.strictObject({
  failures: z.number().int().min(1).max(10),
  inconclusive: z.number().int().min(1).max(100),
  windowSeconds: z.number().int().min(60).max(86_400),
  pauseSeconds: z.number().int().min(30).max(3_600),
  disableAfter: z.number().int().min(1).max(100),
  disableSeconds: z.number().int().min(60).max(86_400),
} satisfies Record<keyof AttemptLimits, z.ZodType<number>>);

export const policyBody = z.strictObject({
  requiredPadLevel: z.enum(PAD_LEVELS),
  comparisonThreshold: z.number().min(0).max(1),
  submissionWindowSeconds: z.number().int().min(1).max(60),
  challengeLength: z.number().int().min(1).max(4),
  // Versions stored before there were such rules.
  enrolment: enrolment.default(DEFAULT_ENROLMENT_POLICY),
  pad: padThresholds,
  // Versions from before floors were part of a policy were decided under the built-in ones.
  quality: z
    .strictObject({ enrolment: qualityFloors, verification: qualityFloors })
    .default(DEFAULT_POLICY.quality),
  // Versions stored before there were limits have the default ones.
  attempts: attemptLimits.default(DEFAULT_ATTEMPT_LIMITS),
});
export type PolicyBody = z.output<typeof policyBody>;

/** The members that differ from another version. */
export const policyChanges = policyBody.partial().extend({
  enrolment: enrolment.partial().optional(),
  quality: z
    .strictObject({ enrolment: qualityFloors.partial(), verification: qualityFloors.partial() })
    .partial()
    .optional(),
  pad: padChanges.optional(),
  attempts: attemptLimits.partial().optional(),
});
export type PolicyChanges = z.output<typeof policyChanges>;

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
