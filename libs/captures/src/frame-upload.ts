import { createHash } from 'node:crypto';
import { type DataKey, seal } from '#crypto';
import { ProblemError } from '#errors';
import type { BlobStore } from '#storage';
import { type BlobOwner, frameAad } from './capture-blobs.js';
import { FRAME_LIMITS, inspectPicture } from './picture.js';

export interface StoredFrame {
  readonly index: number;
  readonly blobKey: string;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Takes in the frames of one submission, one at a time: check, hash, seal, store under the upload's own prefix. With no data
 * key it only hashes, which is all that a repeated submission needs.
 */
export class FrameUpload {
  readonly frames: StoredFrame[] = [];
  private readonly hashes: Buffer[] = [];

  constructor(
    private readonly owner: BlobOwner,
    private readonly prefix: string,
    private readonly blobs: BlobStore,
    private readonly key: DataKey | null,
  ) {}

  /** @throws ProblemError too_many_frames, frame_too_large, frame_is_heic, frame_unreadable, frame_too_many_pixels, unavailable */
  async add(bytes: Uint8Array, truncated: boolean): Promise<void> {
    const index = this.hashes.length;
    if (index >= FRAME_LIMITS.maxFrames) throw new ProblemError('too_many_frames');
    if (truncated || bytes.byteLength > FRAME_LIMITS.maxBytes)
      throw new ProblemError('frame_too_large', { detail: `Frame ${index} is larger than 2 MiB` });
    this.hashes.push(createHash('sha256').update(bytes).digest());
    if (!this.key) return;
    const size = await inspectPicture(bytes);
    const blobKey = `${this.prefix}${index}`;
    await this.store(blobKey, seal(this.key, bytes, frameAad(this.owner, index)));
    this.frames.push({ index, blobKey, bytes: bytes.byteLength, ...size });
  }

  /** The SHA-256 of each frame in order. @throws ProblemError frames_missing, too_few_frames */
  finish(): readonly Buffer[] {
    if (this.hashes.length === 0) throw new ProblemError('frames_missing');
    if (this.hashes.length < FRAME_LIMITS.minFrames) throw new ProblemError('too_few_frames');
    return this.hashes;
  }

  /** A store that takes nothing is trouble that passes, whichever store it is. */
  private async store(blobKey: string, sealed: Buffer): Promise<void> {
    try {
      await this.blobs.put(blobKey, sealed);
    } catch (cause) {
      throw new ProblemError('unavailable', { cause });
    }
  }

  dispose(): void {
    this.key?.dispose();
  }
}
