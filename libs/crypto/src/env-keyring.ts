import { type Keyring } from './keyring.js';
import { parseKeyring } from './keyring-format.js';
import { LocalKeyring } from './local-keyring.js';

/** A keyring from the JSON text of an environment variable. @throws KeyringError */
export function envKeyring(value: string): Keyring {
  return new LocalKeyring(parseKeyring(value));
}
