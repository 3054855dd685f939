import { SignJWT } from 'jose';
import { v7 as uuid } from 'uuid';
import { z } from 'zod';
import { type Principal, isScope } from './principal.js';
import type { TokenKeys } from './token-keys.js';

export interface TokenSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly accessTokenTtlSeconds: number;
}

/** RFC 9068 for clients and people; a type of its own for capture credentials, so that neither is ever taken for the other. */
const ACCESS_TYPE = 'at+jwt';
const CAPTURE_TYPE = 'capture-credential+jwt';
/** RFC 9068 demands a client; people log in to the platform itself. */
const FIRST_PARTY = 'secure-biometric';

const claims = z.object({
  sub: z.uuid(),
  tid: z.uuid(),
  /** Names the session of a person; a client has none. */
  sid: z.uuid().optional(),
  exp: z.int(),
  scope: z.string().optional(),
  /** Of a client's tokens. */
  gen: z.int().min(0).default(0),
});
const completeToken = z.object({
  header: z.object({ typ: z.enum([ACCESS_TYPE, CAPTURE_TYPE]) }),
  payload: claims,
});

/** Issues bearer tokens: ES256 with `kid`. */
export class TokenIssuer {
  constructor(
    private readonly keys: TokenKeys,
    private readonly settings: TokenSettings,
  ) {}

  /** @param generation of the client's tokens, as its row says at this moment */
  async forClient(
    tenantId: string,
    clientId: string,
    scopes: readonly string[],
    generation = 0,
  ): Promise<{ token: string; expiresIn: number }> {
    const expiresIn = this.settings.accessTokenTtlSeconds;
    const payload = { tid: tenantId, client_id: clientId, scope: scopes.join(' '), gen: generation };
    return {
      token: await this.sign(ACCESS_TYPE, clientId, payload, new Date(Date.now() + expiresIn * 1_000)),
      expiresIn,
    };
  }

  /** @param notAfter when the session ends, which its token does not outlive */
  async forUser(
    user: {
      readonly tenantId: string;
      readonly userId: string;
      readonly sessionId: string;
      readonly scopes: readonly string[];
      readonly authenticatedAt: Date;
    },
    notAfter: Date,
  ): Promise<{ token: string; expiresIn: number }> {
    const left = Math.floor((notAfter.getTime() - Date.now()) / 1_000);
    const expiresIn = Math.max(1, Math.min(this.settings.accessTokenTtlSeconds, left));
    const payload = {
      tid: user.tenantId,
      sid: user.sessionId,
      client_id: FIRST_PARTY,
      scope: user.scopes.join(' '),
      amr: ['pwd'],
      auth_time: Math.floor(user.authenticatedAt.getTime() / 1_000),
    };
    const expiresAt = new Date(Date.now() + expiresIn * 1_000);
    return { token: await this.sign(ACCESS_TYPE, user.userId, payload, expiresAt), expiresIn };
  }

  forCapture(tenantId: string, captureId: string, expiresAt: Date): Promise<string> {
    return this.sign(CAPTURE_TYPE, captureId, { tid: tenantId }, expiresAt);
  }

  private sign(
    typ: string,
    subject: string,
    payload: Record<string, unknown>,
    expiresAt: Date,
  ): Promise<string> {
    return new SignJWT(payload)
      .setProtectedHeader({ alg: 'ES256', kid: this.keys.signing.kid, typ })
      .setIssuer(this.settings.issuer)
      .setAudience(this.settings.audience)
      .setSubject(subject)
      .setJti(uuid())
      .setIssuedAt()
      .setExpirationTime(expiresAt)
      .sign(this.keys.signing.key);
  }
}

/** The principal of a verified token (header and payload), or nothing when it is not one of ours. */
export function principalOf(token: unknown): Principal | undefined {
  const parsed = completeToken.safeParse(token);
  if (!parsed.success) return undefined;
  const { header, payload } = parsed.data;
  const { tid: tenantId, sub, sid: sessionId } = payload;
  if (header.typ === CAPTURE_TYPE) return { kind: 'capture_credential', tenantId, captureId: sub };
  const scopes = new Set((payload.scope ?? '').split(' ').filter(isScope));
  return sessionId === undefined
    ? { kind: 'client', tenantId, clientId: sub, scopes, tokenGeneration: payload.gen }
    : { kind: 'user', tenantId, userId: sub, sessionId, scopes };
}
