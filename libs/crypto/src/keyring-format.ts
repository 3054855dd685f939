import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { KEY_BYTES } from './data-key.js';
import { KeyringError } from './errors.js';
import { weakness } from './key-strength.js';

/** Keys of one purpose by id, and the id in use. */
export interface KeySet {
  readonly active: string;
  readonly keys: ReadonlyMap<string, Buffer>;
}

/** Keys by purpose: an entry that encrypts never derives, and the reverse. */
export interface KeyringMaterial {
  readonly encryption: KeySet;
  readonly derivation: KeySet;
}

const MAX_CHARACTERS = 64 * 1024;
const ID = /^[a-z][a-z0-9-]{0,31}$/;

const key = z.string().transform((text, context) => {
  const bytes = Buffer.from(text, 'base64');
  const fault = bytes.toString('base64') === text ? weakness(bytes) : 'is not canonical base64';
  if (fault === undefined) return bytes;
  context.addIssue({ code: 'custom', message: fault });
  return z.NEVER;
});
const keys = z.record(z.string().regex(ID), key);
const schema = z.strictObject({
  version: z.literal(1),
  active: z.string().regex(ID),
  keys,
  derivation: z.strictObject({ active: z.string().regex(ID), keys }),
});

/**
 * Parses `{ "version": 1, "active": "k2", "keys": { "k1": KEY, "k2": KEY }, "derivation": { "active": "d1", "keys":
 * { "d1": KEY } } }`, where KEY is canonical base64 of 32 random bytes and ids match `[a-z][a-z0-9-]{0,31}`.
 * @throws KeyringError on anything else, and on weak keys or ids and values used twice.
 */
export function parseKeyring(text: string): KeyringMaterial {
  const result = schema.safeParse(parseJson(text));
  if (!result.success) throw new KeyringError(`Keyring: ${result.error.issues.map(describe).join('; ')}`);
  const { active, keys: encryptionKeys, derivation } = result.data;
  const material = {
    encryption: { active, keys: new Map(Object.entries(encryptionKeys)) },
    derivation: { active: derivation.active, keys: new Map(Object.entries(derivation.keys)) },
  };
  refuseMissingActive('active', material.encryption);
  refuseMissingActive('derivation.active', material.derivation);
  refuseRepeats([...material.encryption.keys, ...material.derivation.keys]);
  return material;
}

/** A fresh random keyring as JSON text, for development and first installation. */
export function generateKeyring(): string {
  return serialise({
    encryption: { active: 'k1', keys: new Map([['k1', randomBytes(KEY_BYTES)]]) },
    derivation: { active: 'd1', keys: new Map([['d1', randomBytes(KEY_BYTES)]]) },
  });
}

/** The keyring with a new random active KEK; the older ones stay, to unwrap. @throws KeyringError on a malformed one. */
export function rotateKeyring(text: string): string {
  const { encryption, derivation } = parseKeyring(text);
  const used = new Set([...encryption.keys.keys(), ...derivation.keys.keys()]);
  let number = encryption.keys.size + 1;
  while (used.has(`k${number}`)) number += 1;
  const active = `k${number}`;
  return serialise({
    encryption: { active, keys: new Map([...encryption.keys, [active, randomBytes(KEY_BYTES)]]) },
    derivation,
  });
}

function serialise({ encryption, derivation }: KeyringMaterial): string {
  const plain = (set: KeySet) => ({
    active: set.active,
    keys: Object.fromEntries([...set.keys].map(([id, bytes]) => [id, bytes.toString('base64')])),
  });
  return `${JSON.stringify({ version: 1, ...plain(encryption), derivation: plain(derivation) }, null, 2)}\n`;
}

function parseJson(text: string): unknown {
  if (text.length > MAX_CHARACTERS) throw new KeyringError('Keyring: larger than 64 KiB');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new KeyringError('Keyring: not valid JSON');
  }
  // JSON.parse silently keeps the last of two equal names, which would lose a key; nothing in the format needs spaces.
  if (JSON.stringify(value) !== text.replace(/\s/g, '')) {
    throw new KeyringError('Keyring: repeated names, escapes or spaces inside strings');
  }
  return value;
}

/** Names where and why, but no path segment that might be a value put in the wrong place. */
function describe(issue: z.core.$ZodIssue): string {
  const path = issue.path.map((part) => (typeof part === 'string' && ID.test(part) ? part : '?')).join('.');
  return `${path || 'document'} ${issue.code === 'custom' ? issue.message : issue.code}`;
}

function refuseMissingActive(field: string, set: KeySet): void {
  if (!set.keys.has(set.active)) throw new KeyringError(`Keyring: ${field} names no key ("${set.active}")`);
}

function refuseRepeats(entries: readonly (readonly [string, Buffer])[]): void {
  entries.forEach(([id, bytes], index) => {
    for (const [otherId, otherBytes] of entries.slice(0, index)) {
      if (id === otherId) throw new KeyringError(`Keyring: "${id}" is used for two purposes`);
      if (bytes.equals(otherBytes))
        throw new KeyringError(`Keyring: "${otherId}" and "${id}" have the same value`);
    }
  });
}
