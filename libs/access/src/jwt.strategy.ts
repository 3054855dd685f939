import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import type { Principal } from './principal.js';
import type { Revocations } from './revocations.js';
import type { TokenKeys } from './token-keys.js';
import { principalOf, type TokenSettings } from './tokens.js';

/** Stock passport-jwt with one algorithm, key by `kid`, issuer, audience, expiry and token type all checked, and that a person's session has not ended. */
export class JwtStrategy extends PassportStrategy(Strategy, 'jwt') {
  constructor(
    keys: TokenKeys,
    settings: TokenSettings,
    private readonly revocations: Revocations,
  ) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      algorithms: ['ES256'],
      issuer: settings.issuer,
      audience: settings.audience,
      jsonWebTokenOptions: { complete: true, clockTolerance: 5 },
      secretOrKeyProvider: (
        _request: unknown,
        token: string,
        done: (error: unknown, key?: string) => void,
      ) => {
        const key = keys.verificationKey(keyId(token));
        if (key) done(null, key.export({ type: 'spki', format: 'pem' }) as string);
        else done(new Error('unknown key'));
      },
    });
  }

  /** @throws ProblemError unavailable when it cannot be known whether the token was revoked */
  async validate(token: unknown): Promise<Principal | false> {
    const principal = principalOf(token);
    if (!principal) return false;
    const revoked = principal.kind === 'user' && (await this.revocations.includes(principal.sessionId));
    return revoked ? false : principal;
  }
}

function keyId(token: string): string {
  try {
    const header: unknown = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
    const kid = (header as { kid?: unknown } | null)?.kid;
    return typeof kid === 'string' ? kid : '';
  } catch {
    return '';
  }
}
