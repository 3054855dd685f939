export { type BoardPass, BoardPasses, type NewBoardLink } from './board-passes.js';
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
export {
  actorOf,
  DEFAULT_CLIENT_SCOPES,
  isScope,
  SCOPE_MEANINGS,
  SCOPES,
  type Principal,
  type Scope,
  scopesOf,
} from './principal.js';
export { TokenKeys, type PublicJwk } from './token-keys.js';
export { TokenIssuer, type TokenSettings } from './tokens.js';
export { PLATFORM_TENANT, tenantNamed } from './tenants.js';
