import { dictionary } from '@zxcvbn-ts/language-common';

/** NIST SP 800-63B-4 §3.1.1.2: "a minimum of 15 characters" where the password is the only factor. */
export const MIN_PASSWORD_LENGTH = 15;
/** NIST SP 800-63B-4 §3.1.1.2: at least 64 should be permitted; the bound only keeps hashing cheap. */
export const MAX_PASSWORD_LENGTH = 256;

/** Words that an attacker of this product tries first (OWASP ASVS 5.0, 6.1.2). */
const CONTEXT_WORDS = ['securebiometric', 'biometric', 'faceauthentication', 'administrator', 'operator'];
/** As in `2026!`: more of it is something that has to be guessed itself. */
const MAX_DECORATION = 6;
const COMMON = new Set(dictionary['passwords-common']);

/**
 * The form that is hashed and counted: NFKC, so that two keyboards' encodings of one password are the same password.
 * Nothing is trimmed, folded or cut off.
 */
export function normalizePassword(password: string): string {
  return password.normalize('NFKC');
}

/**
 * Why this password may not be chosen, in words for the person, or nothing. Length and a blocklist only: NIST SP 800-63B-4 forbids rules
 * of composition and periodic change.
 * @param userName normalized
 */
export function passwordObjection(password: string, userName: string): string | undefined {
  const normalized = normalizePassword(password);
  const length = [...normalized].length;
  if (length < MIN_PASSWORD_LENGTH)
    return `has ${length} characters; at least ${MIN_PASSWORD_LENGTH} are needed: several unrelated words are easy to remember`;
  if (length > MAX_PASSWORD_LENGTH)
    return `has more than ${MAX_PASSWORD_LENGTH} characters, which is the most that is read`;
  if (isExpected(normalized.toLowerCase(), userName))
    return 'is, or is made of, a password that many people use, or a name of this service or account: attackers try these first';
  return undefined;
}

/**
 * Whether the whole password is on the blocklist or derived from it: an entry, an entry with a few digits or signs around it or between its parts, two entries in a
 * row, or one short piece over and over. Parts of a longer password are not held against it.
 */
function isExpected(password: string, userName: string): boolean {
  const words = new Set([...CONTEXT_WORDS, userName, ...userName.split('@')]);
  const listed = (text: string) => COMMON.has(text) || words.has(text);
  const core = password.replace(/^[^a-z\u0080-\uffff]+|[^a-z\u0080-\uffff]+$/g, '');
  const joined = core.replace(/[^a-z0-9\u0080-\uffff]+/g, '');
  return [password, core, joined]
    .filter((text) => password.length - text.length <= MAX_DECORATION)
    .some((text) => listed(text) || isRepetition(text, listed) || isPair(text, listed));
}

function isPair(text: string, listed: (text: string) => boolean): boolean {
  for (let at = 1; at < text.length; at++)
    if (listed(text.slice(0, at)) && listed(text.slice(at))) return true;
  return false;
}

/** A piece of up to four characters, or a listed one, repeated to the end, where it may be cut off. */
function isRepetition(text: string, listed: (text: string) => boolean): boolean {
  for (let length = 1; length <= text.length / 2; length++) {
    const piece = text.slice(0, length);
    if (piece.repeat(Math.ceil(text.length / length)).startsWith(text) && (length <= 4 || listed(piece)))
      return true;
  }
  return false;
}
