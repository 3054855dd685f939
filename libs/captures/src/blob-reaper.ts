import { claimBlobRemovals, forgetBlobRemoval, type UnitOfWork } from '#database';
import type { BlobStore } from '#storage';

const BATCH = 50;
const LEASE_MS = 60_000;
const TEMPORARY_AGE_MS = 3_600_000;

/** Removes the blobs whose time has come: aborted uploads, uncommitted outputs, erased subjects, expired retention. */
export class BlobReaper {
  private temporarySweptAt = 0;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly blobs: BlobStore,
  ) {}

  /** Removes one batch; returns how many prefixes, so that a caller knows whether to go on at once. */
  async reapDue(): Promise<number> {
    if (Date.now() - this.temporarySweptAt > TEMPORARY_AGE_MS) {
      this.temporarySweptAt = Date.now();
      await this.blobs.sweepTemporary(TEMPORARY_AGE_MS);
    }
    const prefixes = await this.unitOfWork.inSystem((manager) => claimBlobRemovals(manager, BATCH, LEASE_MS));
    for (const prefix of prefixes) {
      await this.blobs.deletePrefix(prefix);
      await this.unitOfWork.inSystem((manager) => forgetBlobRemoval(manager, prefix));
    }
    return prefixes.length;
  }
}
