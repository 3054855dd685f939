import { TokenKeys } from '#access';
import type { Config } from '#config';
import { readSecret } from './platform.js';

/** The keys of the audit trail's checkpoints: a set like that of the tokens, and another one. @throws Error never showing a key's value */
export function auditKeysOf(config: Config): TokenKeys {
  try {
    return TokenKeys.parse(readSecret(config.auditKeys));
  } catch (error) {
    throw new Error(`AUDIT_KEYS: ${(error as Error).message}`, { cause: error });
  }
}
