import { InvalidBlobKeyError } from './errors.js';

const MAX_KEY_LENGTH = 512;
// A segment becomes a file name of at most 255 bytes in some stores, with room for a suffix.
const MAX_SEGMENT_LENGTH = 200;
const SEGMENT = /^[a-z0-9_-](?:[a-z0-9_.-]*[a-z0-9_-])?$/;

/**
 * The segments of a valid key: 1–512 characters of `[a-z0-9/_.-]`, segments of 1–200 characters between single slashes,
 * no segment that starts or ends with a dot or holds two in a row.
 * @throws InvalidBlobKeyError
 */
export function keySegments(key: string): string[] {
  const segments = key.split('/');
  if (key.length > MAX_KEY_LENGTH || !segments.every(isSegment))
    throw new InvalidBlobKeyError('Invalid blob key');
  return segments;
}

/**
 * The segments of a prefix: empty (everything) or whole segments with a slash at the end, so that `subjects/1/` can never
 * reach `subjects/10/`.
 * @throws InvalidBlobKeyError
 */
export function prefixSegments(prefix: string): string[] {
  if (prefix === '') return [];
  const segments = prefix.split('/');
  if (segments.pop() !== '' || prefix.length > MAX_KEY_LENGTH || !segments.every(isSegment)) {
    throw new InvalidBlobKeyError('Invalid blob prefix: whole segments and a slash at the end');
  }
  return segments;
}

/** Like `prefixSegments`, but refuses the empty prefix, so that no mistake empties the whole store. */
export function deletablePrefixSegments(prefix: string): string[] {
  const segments = prefixSegments(prefix);
  if (segments.length === 0) throw new InvalidBlobKeyError('An empty prefix cannot be deleted');
  return segments;
}

function isSegment(text: string): boolean {
  return text.length <= MAX_SEGMENT_LENGTH && SEGMENT.test(text) && !text.includes('..');
}
