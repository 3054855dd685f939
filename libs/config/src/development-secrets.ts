import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKeyring } from '#crypto';

/** Draws the secrets of a development installation at first use; every later start finds the same ones in `DATA_DIR/secrets`. */
export function developmentSecrets(dataDir: string): {
  keyring: string;
  tokenKeys: string;
  receiptKeys: string;
  auditKeys: string;
} {
  const folder = join(dataDir, 'secrets');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    keyring: once(join(folder, 'keyring.json'), generateKeyring),
    tokenKeys: once(join(folder, 'token-keys.json'), newTokenKeys),
    receiptKeys: once(join(folder, 'receipt-keys.json'), newTokenKeys),
    auditKeys: once(join(folder, 'audit-keys.json'), newTokenKeys),
  };
}

/** A JWK set with one ES256 private key that signs from now on. */
export function newTokenKeys(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kid = randomBytes(8).toString('hex');
  return JSON.stringify({
    keys: [
      {
        ...privateKey.export({ format: 'jwk' }),
        kid,
        alg: 'ES256',
        use: 'sig',
        signsFrom: new Date().toISOString(),
      },
    ],
  });
}

/** link(2) fails when the name exists, so of two processes starting at once both end up with the same secret. */
function once(path: string, make: () => string): string {
  if (existsSync(path)) return path;
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(temporary, make(), { mode: 0o600, flush: true });
  try {
    linkSync(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary);
  }
  return path;
}
