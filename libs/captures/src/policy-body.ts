import { z } from 'zod';
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
  QUALITY_COMPONENTS,
  type QualityComponent,
} from '#biometrics';

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
  // Versions stored before there was a score.
  minScore: z.number().min(0).max(1).default(DEFAULT_PAD_THRESHOLDS.minScore),
  minFlashScore: z.number().min(0).max(1).default(DEFAULT_PAD_THRESHOLDS.minFlashScore),
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
