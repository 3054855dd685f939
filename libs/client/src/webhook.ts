/** Headers of a webhook by their names, as any server framework hands them over. */
export type WebhookHeaders =
  { get(name: string): string | null } | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface VerifyWebhookOptions {
  /** `whsec_…`; during a rotation both, so that either is taken. */
  readonly secret: string | readonly string[];
  /** How far the time stamp may be from this machine's clock: seconds; default five minutes. */
  readonly toleranceSeconds?: number;
}

export type WebhookFault = 'malformed' | 'too_old' | 'too_new' | 'bad_signature';

/** The webhook is not from the installation, or not of now, and why. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';
  constructor(readonly fault: WebhookFault) {
    super(`The webhook is not valid: ${fault}`);
  }
}

/** A webhook whose signature is right. */
export interface VerifiedWebhook {
  /** The same for every delivery of one event: what was seen before needs nothing done. */
  readonly id: string;
  readonly timestamp: Date;
  readonly payload: unknown;
}

const TOLERANCE_SECONDS = 300;
const SECRET_PREFIX = 'whsec_';
const VERSION_PREFIX = 'v1,';

/**
 * Verifies a delivery (Standard Webhooks 1.0, `v1`: HMAC-SHA-256 over id, time stamp and body).
 * @param body exactly as it was received, before any parsing
 * @throws WebhookError
 */
export async function verifyWebhook(
  body: string | Uint8Array,
  headers: WebhookHeaders,
  { secret, toleranceSeconds = TOLERANCE_SECONDS }: VerifyWebhookOptions,
): Promise<VerifiedWebhook> {
  const id = headerOf(headers, 'webhook-id');
  const stamp = headerOf(headers, 'webhook-timestamp');
  const signatures = headerOf(headers, 'webhook-signature')
    .split(' ')
    .filter((each) => each.startsWith(VERSION_PREFIX))
    .map((each) => fromBase64(each.slice(VERSION_PREFIX.length)));
  const text = typeof body === 'string' ? body : decoded(body);
  requireRecent(stamp, toleranceSeconds);
  const signed = new TextEncoder().encode(`${id}.${stamp}.${text}`);
  const keys = await Promise.all([secret].flat().map(importSecret));
  for (const key of keys)
    for (const signature of signatures)
      // The runtime compares in constant time.
      if (signature && (await crypto.subtle.verify('HMAC', key, signature, signed)))
        return { id, timestamp: new Date(Number(stamp) * 1_000), payload: parsed(text) };
  throw new WebhookError('bad_signature');
}

function headerOf(headers: WebhookHeaders, name: string): string {
  const value =
    typeof headers.get === 'function' ? headers.get(name) : (headers as Record<string, unknown>)[name];
  if (typeof value !== 'string' || value === '') throw new WebhookError('malformed');
  return value;
}

/** Without the mark that a decoder would swallow, since every byte is signed. */
function decoded(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw new WebhookError('malformed');
  }
}

function requireRecent(stamp: string, toleranceSeconds: number): void {
  if (!/^\d{1,12}$/.test(stamp)) throw new WebhookError('malformed');
  const age = Date.now() / 1_000 - Number(stamp);
  if (age > toleranceSeconds) throw new WebhookError('too_old');
  if (age < -toleranceSeconds) throw new WebhookError('too_new');
}

/** @throws TypeError on what is no secret: a mistake of this program, not of the sender */
function importSecret(secret: string) {
  const bytes = fromBase64(secret.startsWith(SECRET_PREFIX) ? secret.slice(SECRET_PREFIX.length) : secret);
  if (!bytes || bytes.length === 0) throw new TypeError('A webhook secret is whsec_ and base64');
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new WebhookError('malformed');
  }
}
