import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { recordAudit, SYSTEM_ACTOR } from '#audit';
import {
  DEFAULT_ATTEMPT_LIMITS,
  DEFAULT_POLICY,
  PAD_LEVELS,
  type AttemptLimits,
  type PadThresholds,
  type Policy,
} from '#biometrics';
import type { UnitOfWork } from '#database';
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
  replayedFrames: z.number().int().min(1).max(12),
  nearDuplicateBits: z.number().int().min(0).max(128),
} satisfies Record<keyof PadThresholds, z.ZodType<number>>);

/** Upper bounds are those of NIST SP 800-63B-4 §3.2.3 with PAD, lower ones keep the way in open. */
const attemptLimits = z.strictObject({
  failures: z.number().int().min(1).max(10),
  inconclusive: z.number().int().min(1).max(100),
  windowSeconds: z.number().int().min(60).max(86_400),
  pauseSeconds: z.number().int().min(30).max(3_600),
  disableAfter: z.number().int().min(1).max(100),
  disableSeconds: z.number().int().min(60).max(86_400),
} satisfies Record<keyof AttemptLimits, z.ZodType<number>>);

const policyBody = z.strictObject({
  requiredPadLevel: z.enum(PAD_LEVELS),
  comparisonThreshold: z.number().min(0).max(1),
  submissionWindowSeconds: z.number().int().min(1).max(60),
  challengeLength: z.number().int().min(1).max(4),
  pad: padThresholds,
  // Versions stored before there were limits have the default ones.
  attempts: attemptLimits.default(DEFAULT_ATTEMPT_LIMITS),
});
export type PolicyBody = z.output<typeof policyBody>;

/** A tenant's policies: the newest version applies to captures made from then on. */
export class Policies {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Adds a version that differs from the newest one in the named members. @throws ZodError on a value out of range */
  add(tenantId: string, changes: Partial<PolicyBody>): Promise<Policy> {
    return this.unitOfWork.inTenant(tenantId, async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`policies/${tenantId}`]);
      const { version: previous, ...current } = await currentPolicy(manager);
      const version = previous + 1;
      const body = policyBody.parse({ ...current, ...changes });
      await manager.insert(PolicyEntity, { tenantId, version, body });
      await recordAudit(manager, tenantId, {
        action: 'policy.created',
        outcome: 'success',
        actor: SYSTEM_ACTOR,
        target: { kind: 'policy', id: String(version) },
        detail: { requiredPadLevel: body.requiredPadLevel, comparisonThreshold: body.comparisonThreshold },
      });
      return { version, ...body };
    });
  }
}

/** The tenant's newest policy, or the built-in default. */
export async function currentPolicy(manager: EntityManager): Promise<Policy> {
  const row = await manager.findOne(PolicyEntity, { where: {}, order: { version: 'DESC' } });
  return row ? { version: row.version, ...policyBody.parse(row.body) } : DEFAULT_POLICY;
}

/** The very version a capture was made under. @throws when it is missing: no policy, no decision */
export async function policyOfVersion(manager: EntityManager, version: number): Promise<Policy> {
  if (version === DEFAULT_POLICY.version) return DEFAULT_POLICY;
  const row = await manager.findOneByOrFail(PolicyEntity, { version });
  return { version, ...policyBody.parse(row.body) };
}
