/** No blob is stored under the key. */
export class BlobNotFoundError extends Error {
  override readonly name = 'BlobNotFoundError';

  constructor(readonly key: string) {
    super(`No blob "${key}"`);
  }
}

/** A blob is already stored under the key; blobs are immutable. */
export class BlobExistsError extends Error {
  override readonly name = 'BlobExistsError';

  constructor(readonly key: string) {
    super(`Blob "${key}" already exists`);
  }
}

/** A key or prefix that no blob may have; it is not echoed, as it may come from outside. */
export class InvalidBlobKeyError extends Error {
  override readonly name = 'InvalidBlobKeyError';
}

/** The store did not answer, or not truthfully, within the deadline. */
export class BlobStoreUnavailableError extends Error {
  override readonly name = 'BlobStoreUnavailableError';
}
