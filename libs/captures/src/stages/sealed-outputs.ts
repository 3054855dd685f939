import { v7 as uuid } from 'uuid';
import { type Aad, type DataKey, type Keyring, open, seal } from '#crypto';
import { deferBlobRemoval, type UnitOfWork } from '#database';
import type { BlobStore } from '#storage';
import { capturePrefix, outputAad, unwrapCaptureKey } from '../capture-blobs.js';
import type { StageResultEntity } from '../entities/stage-result.entity.js';
import type { StageInput, StageOutcome } from '../stage-transaction.js';

export interface OutputFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The model a template is of: bound to its ciphertext. */
  readonly model?: string;
}

/** Reads a capture's frames and the outputs of earlier stages, and writes a stage's own, all sealed under the capture's data key. */
export class SealedOutputs {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly keyring: Keyring,
    private readonly blobs: BlobStore,
    private readonly settings: { readonly orphanAfterMs: number },
  ) {}

  /** Runs `work` with the capture's data key, which is wiped afterwards. */
  async withKey<T>(input: StageInput, work: (key: DataKey) => Promise<T>): Promise<T> {
    const key = await unwrapCaptureKey(this.keyring, input.capture, input.storedKey);
    try {
      return await work(key);
    } finally {
      key.dispose();
    }
  }

  /** @throws DecryptionError, BlobNotFoundError */
  async read(key: DataKey, blobKey: string, aad: Aad): Promise<Buffer> {
    return open(key, await this.blobs.get(blobKey), aad);
  }

  /** An output of an earlier stage, or null when that stage wrote none of this name. */
  async readOutput(
    key: DataKey,
    input: StageInput,
    result: StageResultEntity | undefined,
    name: string,
    model?: string,
  ) {
    if (!result?.blobPrefix || !result.blobNames.includes(name)) return null;
    return this.read(key, `${result.blobPrefix}${name}`, outputAad(input.capture, name, model));
  }

  /**
   * Stores the outputs under a prefix of this attempt only. The note of removal is committed first, so that a worker killed after the
   * write leaves no orphan; the stage's commit adopts the prefix.
   */
  async write(
    { capture }: StageInput,
    key: DataKey,
    files: readonly OutputFile[],
  ): Promise<StageOutcome['blobs']> {
    if (files.length === 0) return undefined;
    const prefix = `${capturePrefix(capture)}r/${uuid()}/`;
    const removeAt = new Date(Date.now() + this.settings.orphanAfterMs);
    await this.unitOfWork.inTenant(capture.tenantId, (manager) =>
      deferBlobRemoval(manager, capture.tenantId, prefix, removeAt),
    );
    for (const { name, bytes, model } of files) {
      await this.blobs.put(`${prefix}${name}`, seal(key, bytes, outputAad(capture, name, model)));
    }
    return { prefix, names: files.map(({ name }) => name) };
  }
}
