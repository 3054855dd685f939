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
    /** Called for each prefix that could not be removed, and is tried again later; the others are. */
    private readonly onError: (error: unknown, tenantId: string) => void,
  ) {}

  /** Removes one batch; returns how many prefixes are gone, so that a caller knows whether to go on at once. */
  async reapDue(): Promise<number> {
    if (Date.now() - this.temporarySweptAt > TEMPORARY_AGE_MS) {
      this.temporarySweptAt = Date.now();
      await this.blobs.sweepTemporary(TEMPORARY_AGE_MS);
    }
    const due = await this.unitOfWork.inSystem((manager) => claimBlobRemovals(manager, BATCH, LEASE_MS));
    let removed = 0;
    for (const { prefix, tenantId } of due)
      try {
        await this.remove(prefix);
        removed += 1;
      } catch (error) {
        this.onError(error, tenantId);
      }
    return removed;
  }

  private async remove(prefix: string): Promise<void> {
    await this.blobs.deletePrefix(prefix);
    await this.unitOfWork.inSystem((manager) => forgetBlobRemoval(manager, prefix));
  }
}
