export { type BlobEntry, type BlobStore, type PutOptions } from './blob-store.js';
export {
  BlobExistsError,
  BlobNotFoundError,
  BlobStoreUnavailableError,
  InvalidBlobKeyError,
} from './errors.js';
export { filesystemBlobStore, type FilesystemBlobStoreOptions } from './filesystem/filesystem-blob-store.js';
