import type { Provider } from '@nestjs/common';
import {
  ClientAdministration,
  Clients,
  ClientStandings,
  JwtStrategy,
  Revocations,
  TokenIssuer,
  TokenKeys,
} from '#access';
import type { Config } from '#config';
import { IDEMPOTENCY_DEFAULTS, IdempotencyKeys } from '#idempotency';
import type { Logger } from '#observability';
import { readSecret } from '#platform';
import { RevocationWatch } from '../access/revocation-watch.js';
import { TokenKeysWatch } from '../access/token-keys-watch.js';
import { fromPlatform } from './from-platform.js';

/** Who may call: clients, tokens, their keys and their revocation. */
export function accessProviders(config: Config, logger: Logger): Provider[] {
  const keys = TokenKeys.parse(readSecret(config.tokenKeys));
  const settings = {
    issuer: config.TOKEN_ISSUER,
    audience: config.TOKEN_AUDIENCE,
    accessTokenTtlSeconds: config.ACCESS_TOKEN_TTL_SECONDS,
  };
  const file = 'file' in config.tokenKeys ? config.tokenKeys.file : undefined;
  return [
    { provide: TokenKeys, useValue: keys },
    {
      provide: TokenKeysWatch,
      useFactory: () => file && new TokenKeysWatch(file, keys, config.TOKEN_KEYS_ROTATE_DAYS, logger),
    },
    { provide: TokenIssuer, useValue: new TokenIssuer(keys, settings) },
    fromPlatform(Revocations, ({ unitOfWork }) => new Revocations(unitOfWork)),
    {
      provide: RevocationWatch,
      useFactory: (revocations: Revocations) => new RevocationWatch(revocations, logger),
      inject: [Revocations],
    },
    {
      provide: JwtStrategy,
      useFactory: (revocations: Revocations) => new JwtStrategy(keys, settings, revocations),
      inject: [Revocations],
    },
    fromPlatform(Clients, ({ unitOfWork }) => new Clients(unitOfWork)),
    fromPlatform(
      IdempotencyKeys,
      ({ unitOfWork, keyring }) => new IdempotencyKeys(unitOfWork, keyring, IDEMPOTENCY_DEFAULTS),
    ),
    fromPlatform(ClientStandings, ({ unitOfWork }) => new ClientStandings(unitOfWork)),
    fromPlatform(ClientAdministration, ({ unitOfWork }) => {
      const bounds = { maxRateLimitPerMinute: config.RATE_LIMIT_MAX_PER_MINUTE };
      return new ClientAdministration(unitOfWork, new Clients(unitOfWork), bounds);
    }),
  ];
}
