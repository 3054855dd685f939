export { type BoardPass, BoardPasses, type NewBoardLink } from './board-passes.js';
export { Clients, type NewClient } from './clients.js';
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
} from './principal.js';
export { TokenKeys, type PublicJwk } from './token-keys.js';
export { TokenIssuer, type TokenSettings } from './tokens.js';
export { PLATFORM_TENANT, tenantNamed, tenantsThere } from './tenants.js';
