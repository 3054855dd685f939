export { type Claim, IDEMPOTENCY_DEFAULTS, IdempotencyKeys, type NamedRequest } from './idempotency-keys.js';
