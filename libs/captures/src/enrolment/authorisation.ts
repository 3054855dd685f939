import type { EntityManager } from 'typeorm';
import type { EnrolmentEvidence, EnrolmentPolicy } from '#biometrics';
import type { CaptureEntity } from '../entities/capture.entity.js';

export interface Verification {
  readonly id: string;
  readonly decidedAt: Date;
}

/** Accepted verifications of the subject that no accepted enrolment has used yet; $1 is the subject, under whose lock this holds. */
const UNUSED = `
  SELECT v.id, d.decided_at AS "decidedAt" FROM captures v JOIN decisions d ON d.capture_id = v.id
  WHERE v.subject_id = $1 AND v.purpose = 'verification' AND d.outcome = 'accepted' AND NOT EXISTS (
    SELECT 1 FROM captures e JOIN decisions x ON x.capture_id = e.id
    WHERE e.authorised_by = v.id AND x.outcome = 'accepted')`;

/** The latest one within the policy's window, if there is one. */
export async function recentVerification(
  manager: EntityManager,
  subjectId: string,
  { verificationWindowSeconds }: EnrolmentPolicy,
): Promise<Verification | null> {
  const [row] = await manager.query<Verification[]>(
    `${UNUSED} AND d.decided_at > now() - make_interval(secs => $2) ORDER BY d.decided_at DESC LIMIT 1`,
    [subjectId, verificationWindowSeconds],
  );
  return row ?? null;
}

/** What permits the capture's reference at this moment, when the subject has so many; null for a first one. */
export async function basisOf(
  manager: EntityManager,
  capture: CaptureEntity,
  policy: EnrolmentPolicy,
  references: number,
): Promise<EnrolmentEvidence['basis']> {
  const { referenceMode, authorisedBy, overrideReason } = capture;
  if (references === 0) return null;
  if (referenceMode === 'additional' && references >= policy.maxReferences) return null;
  if (overrideReason !== null) return 'override';
  if (authorisedBy === null) return null;
  const [row] = await manager.query<Verification[]>(
    `${UNUSED} AND v.id = $2 AND d.decided_at + make_interval(secs => $3) >= $4::timestamptz`,
    [capture.subjectId, authorisedBy, policy.verificationWindowSeconds, capture.startedAt],
  );
  return row ? 'verification' : null;
}
