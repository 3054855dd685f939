export interface BlobEntry {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** When it was written, by the store's clock. */
  readonly modifiedAt: Date;
}

export interface PutOptions {
  /** Aborts the write while the blob is not yet visible; afterwards it has no effect. */
  readonly signal?: AbortSignal;
}

/**
 * Immutable blobs under keys (see `keySegments`). All methods throw InvalidBlobKeyError on a malformed key or prefix.
 * A key may also be the start of longer keys (`a` beside `a/b`).
 */
export interface BlobStore {
  /**
   * Stores `bytes` atomically and durably: when it resolves, the blob survives a power cut; before, or when it rejects,
   * no reader sees a part of it. `bytes` must not change meanwhile.
   * @throws BlobExistsError if the key is taken (of concurrent puts exactly one wins); the signal's reason if aborted.
   */
  put(key: string, bytes: Uint8Array, options?: PutOptions): Promise<void>;

  /** @throws BlobNotFoundError */
  get(key: string): Promise<Buffer>;

  /** Removes the blob durably; a missing one is no error. */
  delete(key: string): Promise<void>;

  /**
   * Removes every blob under a non-empty prefix that ends in a slash. Blobs put meanwhile may survive.
   * @returns how many this call removed.
   */
  deletePrefix(prefix: string): Promise<number>;

  /**
   * The blobs under a prefix that ends in a slash, or all for an empty one, in no particular order. Blobs put or deleted
   * meanwhile may be missing; all others are listed exactly once.
   */
  list(prefix: string): AsyncIterable<BlobEntry>;

  /** Writes, reads and deletes a probe blob. @throws BlobStoreUnavailableError on any failure or past the deadline. */
  check(): Promise<void>;

  /**
   * Removes what interrupted writes and probes left behind, if it is at least so old: choose more than the longest write.
   * @returns how many leftovers it removed.
   */
  sweepTemporary(olderThanMs: number): Promise<number>;
}
