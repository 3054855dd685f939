import {
  base64url,
  createLocalJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyGetKey,
} from 'jose';

/** What a decision receipt says, by the names of its claims. */
export interface Receipt {
  /** The installation. */
  readonly iss: string;
  /** The client that asked for the decision. */
  readonly aud: string;
  /** The capture. */
  readonly jti: string;
  /** When it was decided: seconds since 1970. */
  readonly iat: number;
  /** The subject as receipts of its tenant name it. */
  readonly sub?: string;
  readonly purpose: 'enrolment' | 'verification' | 'liveness';
  readonly outcome: 'accepted' | 'rejected' | 'inconclusive';
  readonly code: string;
  readonly policy_version: number;
  readonly pad_level: 'none' | 'challenge' | 'challenge_flash';
  readonly required_pad_level: 'none' | 'challenge' | 'challenge_flash';
  readonly enrolment_assurance: string | null;
  readonly nonce?: string;
  readonly input_digest: string;
  readonly input_salt: string;
  readonly models: readonly { readonly id: string; readonly version: string; readonly sha256: string }[];
}

export interface VerifyReceiptOptions {
  /** The key set as it was fetched, for verifying offline, or a function of jose's `createRemoteJWKSet`. */
  readonly keys: JSONWebKeySet | JWTVerifyGetKey;
  /** Your client id: a receipt for somebody else is none for you. */
  readonly audience: string;
  /** The installation's issuer (TOKEN_ISSUER). */
  readonly issuer?: string;
  /** What you gave as `relyingPartyNonce`; ties the receipt to your transaction. */
  readonly nonce?: string;
}

export type ReceiptFault =
  | 'malformed'
  | 'wrong_type'
  | 'unknown_key'
  | 'bad_signature'
  | 'wrong_audience'
  | 'wrong_issuer'
  | 'wrong_nonce';

/** The receipt proves nothing, and why. */
export class ReceiptError extends Error {
  override readonly name = 'ReceiptError';
  constructor(
    readonly fault: ReceiptFault,
    cause?: unknown,
  ) {
    super(`The receipt is not valid: ${fault}`, { cause });
  }
}

/** Of its own, so that a token is never taken for a receipt. */
const TYPE = 'decision-receipt+jwt';
const OUTCOMES: readonly unknown[] = ['accepted', 'rejected', 'inconclusive'];
const FAULT_OF_CLAIM: Readonly<Record<string, ReceiptFault>> = {
  typ: 'wrong_type',
  aud: 'wrong_audience',
  iss: 'wrong_issuer',
};

/**
 * Verifies a decision receipt (JWS compact, ES256) without asking anybody.
 * @throws ReceiptError
 */
export async function verifyReceipt(receipt: string, options: VerifyReceiptOptions): Promise<Receipt> {
  const { keys, audience, issuer, nonce } = options;
  const token = receipt.trim();
  // Decoders ignore the unused bits of a last character; with them the same receipt would have several spellings.
  if (!token.split('.').every(isCanonical)) throw new ReceiptError('malformed');
  const key = typeof keys === 'function' ? keys : createLocalJWKSet(keys);
  const { payload } = await jwtVerify(token, key, {
    algorithms: ['ES256'],
    typ: TYPE,
    audience,
    ...(issuer !== undefined && { issuer }),
    requiredClaims: ['iss', 'jti', 'iat', 'outcome'],
  }).catch((error: unknown) => {
    throw new ReceiptError(faultOf(error), error);
  });
  if (!isReceipt(payload)) throw new ReceiptError('malformed');
  if (nonce !== undefined && payload.nonce !== nonce) throw new ReceiptError('wrong_nonce');
  return payload;
}

function isCanonical(part: string): boolean {
  try {
    return base64url.encode(base64url.decode(part)) === part;
  } catch {
    return false;
  }
}

function faultOf(error: unknown): ReceiptFault {
  if (error instanceof errors.JWTClaimValidationFailed) return FAULT_OF_CLAIM[error.claim] ?? 'malformed';
  if (error instanceof errors.JWKSNoMatchingKey) return 'unknown_key';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'bad_signature';
  return 'malformed';
}

function isReceipt(payload: JWTPayload): payload is JWTPayload & Receipt {
  return OUTCOMES.includes(payload['outcome']) && typeof payload.aud === 'string';
}
