import { Command } from 'commander';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newTokenKeys } from '#config';
import { generateKeyring, randomToken } from '#crypto';

/** File name → how its content is drawn. */
const SECRETS: Readonly<Record<string, () => string>> = {
  'keyring.json': generateKeyring,
  'token-keys.json': newTokenKeys,
  'receipt-keys.json': newTokenKeys,
  'metrics-token': () => randomToken(32),
};

export function keysCommand(): Command {
  const create = new Command('create')
    .description('draw the secrets of a new installation; files that exist are never overwritten')
    .requiredOption('--out <dir>', `folder for ${Object.keys(SECRETS).join(', ')}`)
    .action(async ({ out }: { out: string }) => {
      await mkdir(out, { recursive: true, mode: 0o700 });
      for (const [name, draw] of Object.entries(SECRETS)) {
        const path = join(out, name);
        // Exclusive: a keyring that is overwritten takes all biometric data with it.
        await writeFile(path, draw(), { mode: 0o600, flag: 'wx' });
        console.log(path);
      }
      console.log(
        'Keep a copy of keyring.json elsewhere: without it nothing that was stored can be read again.',
      );
    });
  return new Command('keys').description('secrets of an installation').addCommand(create);
}
