import { open } from 'node:fs/promises';
import { platform } from 'node:process';
import { KeyringError } from './errors.js';
import { type Keyring } from './keyring.js';
import { parseKeyring } from './keyring-format.js';
import { LocalKeyring } from './local-keyring.js';

const GROUP_AND_WORLD = 0o077;

/**
 * A keyring from a JSON file that only its owner may access.
 * @throws KeyringError if it cannot be read, is no regular file, is open to group or world, or is malformed.
 */
export async function fileKeyring(path: string): Promise<Keyring> {
  return new LocalKeyring(parseKeyring(await readPrivateFile(path)));
}

async function readPrivateFile(path: string): Promise<string> {
  // Checked on the open handle, so that the file that was checked is the file that is read.
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new KeyringError(`Keyring file ${path} cannot be opened (${error.code ?? 'unknown error'})`);
  });
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new KeyringError(`Keyring file ${path} is not a regular file`);
    if (platform !== 'win32' && (stats.mode & GROUP_AND_WORLD) !== 0) {
      const mode = (stats.mode & 0o777).toString(8).padStart(4, '0');
      throw new KeyringError(`Keyring file ${path} is open to group or world (mode ${mode}); run: chmod 600`);
    }
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}
