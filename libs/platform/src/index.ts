export { auditKeysOf } from './audit-keys.js';
export { openConfiguredQueue, Platform, readSecret } from './platform.js';
