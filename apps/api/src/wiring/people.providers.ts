import type { Provider } from '@nestjs/common';
import {
  LoginBackoff,
  LogIn,
  Passwords,
  RefreshSession,
  Sessions,
  TokenIssuer,
  UserPasswords,
  Users,
} from '#access';
import type { Config } from '#config';
import { Platform } from '#platform';
import { fromPlatform } from './from-platform.js';

/** People who log in: their accounts, passwords and sessions. */
export function peopleProviders(config: Config): Provider[] {
  // One for all, as it bounds what the process computes at once.
  const passwords = new Passwords();
  const settings = { idleSeconds: config.SESSION_IDLE_SECONDS, ttlSeconds: config.SESSION_TTL_SECONDS };
  return [
    fromPlatform(LoginBackoff, ({ unitOfWork }) => new LoginBackoff(unitOfWork)),
    fromPlatform(Users, ({ unitOfWork }) => new Users(unitOfWork, passwords)),
    {
      provide: Sessions,
      useFactory: ({ unitOfWork }: Platform, issuer: TokenIssuer) =>
        new Sessions(unitOfWork, issuer, settings),
      inject: [Platform, TokenIssuer],
    },
    {
      provide: RefreshSession,
      useFactory: ({ unitOfWork }: Platform, sessions: Sessions) => new RefreshSession(unitOfWork, sessions),
      inject: [Platform, Sessions],
    },
    {
      provide: LogIn,
      useFactory: ({ unitOfWork }: Platform, backoff: LoginBackoff, sessions: Sessions) =>
        new LogIn(unitOfWork, passwords, backoff, sessions),
      inject: [Platform, LoginBackoff, Sessions],
    },
    {
      provide: UserPasswords,
      useFactory: ({ unitOfWork }: Platform, backoff: LoginBackoff) =>
        new UserPasswords(unitOfWork, passwords, backoff),
      inject: [Platform, LoginBackoff],
    },
  ];
}
