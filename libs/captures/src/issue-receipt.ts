import { createHash } from 'node:crypto';
import { hmacSha256, type Keyring } from '#crypto';
import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import type { ReceiptClaims, ReceiptSigner } from '#receipts';
import { findCapture } from './capture.repository.js';
import type { CaptureEntity } from './entities/capture.entity.js';
import { DecisionEntity } from './entities/decision.entity.js';

const SUBJECT_LABEL = 'receipt-subject/v1';
const SALT_LABEL = 'receipt-salt/v1';
const SALT_BYTES = 16;

/** Signs what the stored decision says, whenever it is asked for: nothing of a receipt is kept. */
export class IssueReceipt {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly keyring: Keyring,
    private readonly signer: ReceiptSigner,
  ) {}

  /** @throws ProblemError capture_not_found, capture_state_conflict when it is not decided */
  async execute(tenantId: string, captureId: string): Promise<string> {
    const [capture, decision] = await this.unitOfWork.inTenant(tenantId, async (manager) => [
      await findCapture(manager, captureId),
      await manager.findOneBy(DecisionEntity, { captureId }),
    ]);
    if (!decision) throw new ProblemError('capture_state_conflict');
    return this.signer.sign(await this.claims(capture, decision));
  }

  private async claims(capture: CaptureEntity, decision: DecisionEntity): Promise<ReceiptClaims> {
    const { id, tenantId, subjectId, relyingPartyNonce, purpose, createdBy } = capture;
    return {
      aud: createdBy,
      jti: id,
      iat: Math.floor(decision.decidedAt.getTime() / 1_000),
      ...(subjectId && { sub: await this.pairwise(tenantId, subjectId) }),
      purpose,
      outcome: decision.outcome,
      code: decision.code,
      policy_version: decision.policyVersion,
      pad_level: decision.padLevel,
      required_pad_level: decision.requiredPadLevel,
      enrolment_assurance: decision.enrolmentAssurance,
      ...(relyingPartyNonce !== null && { nonce: relyingPartyNonce }),
      ...(await this.input(capture)),
      models: decision.models.map(({ id, version, sha256 }) => ({ id, version, sha256 })),
    };
  }

  /** The same for all receipts of a tenant, and telling no other tenant who it is. */
  private async pairwise(tenantId: string, subjectId: string): Promise<string> {
    return hmacSha256(await this.keyring.deriveKey(SUBJECT_LABEL), tenantId, subjectId).toString('base64url');
  }

  /** The submission's digest is keyed already; the salt keeps two receipts of one installation from being compared by it. */
  private async input(capture: CaptureEntity): Promise<Pick<ReceiptClaims, 'input_digest' | 'input_salt'>> {
    if (!capture.submissionDigest) throw new Error('A decided capture has a submission');
    const salt = hmacSha256(await this.keyring.deriveKey(SALT_LABEL), capture.id).subarray(0, SALT_BYTES);
    return {
      input_digest: createHash('sha256').update(salt).update(capture.submissionDigest).digest('base64url'),
      input_salt: salt.toString('base64url'),
    };
  }
}
