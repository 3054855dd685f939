/**
 * UTF-8 bytes of `text`.
 * @throws RangeError on a lone surrogate, because all of them would encode to the same replacement character.
 */
export function utf8(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.toString('utf8') !== text) throw new RangeError('Text is not well-formed Unicode');
  return bytes;
}

/** Injective encoding of a list: for each part its byte length as uint32 big-endian, then its bytes (text as UTF-8). */
export function lengthPrefixed(...parts: readonly (string | Uint8Array)[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = typeof part === 'string' ? utf8(part) : part;
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.byteLength);
      return [length, bytes];
    }),
  );
}
