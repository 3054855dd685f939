import { SignJWT } from 'jose';
import { ReceiptKeys } from './receipt-keys.js';

/** Of its own (RFC 8725 §3.11), so that a receipt is never taken for a token, nor the reverse. */
export const RECEIPT_TYPE = 'decision-receipt+jwt';

/** What a decision receipt says; every member is a function of stored rows, so that the same decision always has the same claims. */
export interface ReceiptClaims {
  /** The relying party's client that asked for the decision. */
  readonly aud: string;
  /** The capture. */
  readonly jti: string;
  /** When it was decided: seconds since 1970. */
  readonly iat: number;
  /** The subject as this tenant's receipts name it; absent when the capture had none. */
  readonly sub?: string;
  readonly purpose: string;
  readonly outcome: string;
  readonly code: string;
  readonly policy_version: number;
  readonly pad_level: string;
  readonly required_pad_level: string;
  /** How the person was identified at the first enrolment; null where no enrolment plays a part. */
  readonly enrolment_assurance: string | null;
  /** The relying party's own, from the creation of the capture. */
  readonly nonce?: string;
  /** SHA-256 over the salt and the submission's keyed digest: base64url. */
  readonly input_digest: string;
  readonly input_salt: string;
  readonly models: readonly { readonly id: string; readonly version: string; readonly sha256: string }[];
}

/** Signs receipts: JWS compact serialisation, ES256 with `kid`. */
export class ReceiptSigner {
  constructor(
    private keys: ReceiptKeys,
    private readonly settings: { readonly issuer: string },
  ) {}

  get published(): ReceiptKeys['published'] {
    return this.keys.published;
  }

  /** Goes on with the keys of another set. @throws Error like `ReceiptKeys.parse`, and keeps those it has */
  async replace(json: string): Promise<void> {
    this.keys = await ReceiptKeys.parse(json);
  }

  sign(claims: ReceiptClaims): Promise<string> {
    return new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: this.keys.signing.kid, typ: RECEIPT_TYPE })
      .setIssuer(this.settings.issuer)
      .sign(this.keys.signing.key);
  }
}
