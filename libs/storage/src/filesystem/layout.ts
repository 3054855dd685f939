import { join } from 'node:path';
import { keySegments } from '../blob-key.js';

// A character outside the keys' alphabet keeps the file of `a` apart from the folder of `a/b`.
const BLOB_SUFFIX = '+blob';

/** Where blobs and unfinished writes lie; both under one root, as a link cannot cross file systems. */
export class Layout {
  readonly blobs: string;
  readonly temporary: string;

  constructor(root: string) {
    this.blobs = join(root, 'blobs');
    this.temporary = join(root, 'tmp');
  }

  fileOf(key: string): string {
    return `${join(this.blobs, ...keySegments(key))}${BLOB_SUFFIX}`;
  }

  folderOf(segments: readonly string[]): string {
    return join(this.blobs, ...segments);
  }
}

/** The key's last segment if the file is a blob; anything else in the folder is not ours. */
export function segmentOfFile(name: string): string | undefined {
  return name.endsWith(BLOB_SUFFIX) ? name.slice(0, -BLOB_SUFFIX.length) : undefined;
}
