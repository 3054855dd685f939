import { randomBytes } from 'node:crypto';
import { DisposedKeyError } from './errors.js';

export const KEY_BYTES = 32;

/** A 256-bit data key in clear, held privately so that neither logs nor JSON can show it; `dispose()` wipes it. */
export class DataKey {
  #bytes: Buffer | undefined;

  private constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  static generate(): DataKey {
    return new DataKey(randomBytes(KEY_BYTES));
  }

  /** Copies `bytes` (32 of them), so that the caller may wipe its own. @throws RangeError on another length. */
  static fromBytes(bytes: Uint8Array): DataKey {
    if (bytes.byteLength !== KEY_BYTES) throw new RangeError(`A data key has ${KEY_BYTES} bytes`);
    const own = Buffer.alloc(KEY_BYTES);
    own.set(bytes);
    return new DataKey(own);
  }

  /** The live bytes, not a copy: for keyrings and ciphers, never to be kept. @throws DisposedKeyError */
  expose(): Buffer {
    if (!this.#bytes) throw new DisposedKeyError();
    return this.#bytes;
  }

  /** Overwrites the key with zeros; any later use throws. */
  dispose(): void {
    this.#bytes?.fill(0);
    this.#bytes = undefined;
  }
}

/** A fresh random data key. */
export function generateDataKey(): DataKey {
  return DataKey.generate();
}
