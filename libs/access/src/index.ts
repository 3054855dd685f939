export { type BoardPass, BoardPasses, type NewBoardLink } from './board-passes.js';
export type { Caller } from './caller.js';
export {
  type Administrator,
  ClientAdministration,
  type ClientSettings,
  MAX_OVERLAP_SECONDS,
  type RotatedSecret,
} from './client-administration.js';
export { type ClientView } from './client-rows.js';
export { type ClientStanding, ClientStandings } from './client-standings.js';
export { type ClientOptions, Clients, type NewClient } from './clients.js';
export { JwtStrategy } from './jwt.strategy.js';
export { OperatorToken } from './operator-token.js';
export { type Credentials, type LoggedIn, LogIn, type Origin } from './people/log-in.js';
export { LoginBackoff } from './people/login-backoff.js';
export { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from './people/password-policy.js';
export { Passwords } from './people/passwords.js';
export { REFRESH_GRACE_SECONDS, RefreshSession } from './people/refresh-session.js';
export { type Role, ROLE_SCOPES, ROLES, scopesOfRoles } from './people/roles.js';
export { Sessions, type SessionSettings, type SessionTokens, type SessionView } from './people/sessions.js';
export { type PasswordReset, UserPasswords } from './people/user-passwords.js';
export type { UserView } from './people/user.js';
export { type CreatedUser, type UserChanges, type UserPage, Users } from './people/users.js';
export {
  actorOf,
  DEFAULT_CLIENT_SCOPES,
  hasScope,
  isScope,
  SCOPE_MEANINGS,
  SCOPES,
  type Principal,
  type Scope,
  scopesOf,
} from './principal.js';
export { Revocations } from './revocations.js';
export {
  JWKS_MAX_AGE_SECONDS,
  PUBLISHED_AHEAD_SECONDS,
  type Rotation,
  rotateTokenKeys,
  rotateTokenKeysFile,
} from './token-key-rotation.js';
export { TokenKeys, type PublicJwk } from './token-keys.js';
export { TokenIssuer, type TokenSettings } from './tokens.js';
export { PLATFORM_TENANT, PlatformTenant, tenantNamed, tenantsThere } from './tenants.js';
