import type { Provider } from '@nestjs/common';
import { Clients, JwtStrategy, TokenIssuer, TokenKeys } from '#access';
import type { Config } from '#config';
import { IDEMPOTENCY_DEFAULTS, IdempotencyKeys } from '#idempotency';
import { readSecret } from '#platform';
import { fromPlatform } from './from-platform.js';

/** Who may call: clients, tokens and their keys. */
export function accessProviders(config: Config): Provider[] {
  const keys = TokenKeys.parse(readSecret(config.tokenKeys));
  const settings = {
    issuer: config.TOKEN_ISSUER,
    audience: config.TOKEN_AUDIENCE,
    accessTokenTtlSeconds: config.ACCESS_TOKEN_TTL_SECONDS,
  };
  return [
    { provide: TokenKeys, useValue: keys },
    { provide: TokenIssuer, useValue: new TokenIssuer(keys, settings) },
    { provide: JwtStrategy, useFactory: () => new JwtStrategy(keys, settings) },
    fromPlatform(Clients, ({ unitOfWork }) => new Clients(unitOfWork)),
    fromPlatform(
      IdempotencyKeys,
      ({ unitOfWork, keyring }) => new IdempotencyKeys(unitOfWork, keyring, IDEMPOTENCY_DEFAULTS),
    ),
  ];
}
