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

/** Keys by purpose: an entry of one purpose never serves another. */
export interface KeyringMaterial {
  readonly encryption: KeySet;
  readonly derivation: KeySet;
  /** Wraps the secrets that templates are turned by; destroying its keys makes every protected template worthless. */
  readonly templates: KeySet;
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
const keySet = { active: z.string().regex(ID), keys };
const schema = z.strictObject({
  version: z.literal(1),
  ...keySet,
  derivation: z.strictObject(keySet),
  // Keyrings drawn before templates were protected lack it; only `rotateKeyring` takes such a one, to add it.
  templates: z.strictObject(keySet).optional(),
});

/**
 * Parses `{ "version": 1, "active": "k2", "keys": { "k1": KEY, "k2": KEY }, "derivation": { "active": "d1", "keys":
 * { "d1": KEY } }, "templates": { "active": "t1", "keys": { "t1": KEY } } }`, where KEY is canonical base64 of 32 random
 * bytes and ids match `[a-z][a-z0-9-]{0,31}`.
 * @throws KeyringError on anything else, and on weak keys or ids and values used twice.
 */
export function parseKeyring(text: string): KeyringMaterial {
  const { templates, ...others } = parseParts(text);
  if (templates) return { ...others, templates };
  throw new KeyringError(
    'Keyring: templates is missing; add it with: npm run cli -- keys rotate-keyring --purpose templates --file KEYRING',
  );
}

/** A fresh random keyring as JSON text, for development and first installation. */
export function generateKeyring(): string {
  return serialise({
    encryption: withNewKey(NO_KEYS, 'k1'),
    derivation: withNewKey(NO_KEYS, 'd1'),
    templates: withNewKey(NO_KEYS, 't1'),
  });
}

/**
 * The keyring with a new random active KEK of the purpose; the older ones stay, to unwrap.
 * @throws KeyringError on a malformed one.
 */
export function rotateKeyring(text: string, purpose: 'encryption' | 'templates' = 'encryption'): string {
  const material = { templates: NO_KEYS, ...parseParts(text) };
  const used = new Set(Object.values(material).flatMap((set) => [...set.keys.keys()]));
  const letter = purpose === 'encryption' ? 'k' : 't';
  let number = material[purpose].keys.size + 1;
  while (used.has(`${letter}${number}`)) number += 1;
  return serialise({ ...material, [purpose]: withNewKey(material[purpose], `${letter}${number}`) });
}

const NO_KEYS: KeySet = { active: '', keys: new Map() };

function withNewKey({ keys }: KeySet, id: string): KeySet {
  return { active: id, keys: new Map([...keys, [id, randomBytes(KEY_BYTES)]]) };
}

function parseParts(
  text: string,
): Omit<KeyringMaterial, 'templates'> & Partial<Pick<KeyringMaterial, 'templates'>> {
  const result = schema.safeParse(parseJson(text));
  if (!result.success) throw new KeyringError(`Keyring: ${result.error.issues.map(describe).join('; ')}`);
  const { derivation, templates, ...encryption } = result.data;
  const material = {
    encryption: toKeySet(encryption),
    derivation: toKeySet(derivation),
    ...(templates && { templates: toKeySet(templates) }),
  };
  refuseMissingActive('active', material.encryption);
  refuseMissingActive('derivation.active', material.derivation);
  if (material.templates) refuseMissingActive('templates.active', material.templates);
  refuseRepeats(Object.values(material).flatMap((set) => [...set.keys]));
  return material;
}

function toKeySet({ active, keys }: { active: string; keys: Record<string, Buffer> }): KeySet {
  return { active, keys: new Map(Object.entries(keys)) };
}

function serialise({ encryption, derivation, templates }: KeyringMaterial): string {
  const plain = (set: KeySet) => ({
    active: set.active,
    keys: Object.fromEntries([...set.keys].map(([id, bytes]) => [id, bytes.toString('base64')])),
  });
  const document = {
    version: 1,
    ...plain(encryption),
    derivation: plain(derivation),
    templates: plain(templates),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
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
