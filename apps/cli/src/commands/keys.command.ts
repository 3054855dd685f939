import { Command, InvalidArgumentError } from 'commander';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PUBLISHED_AHEAD_SECONDS, type Rotation, rotateTokenKeysFile } from '#access';
import { newTokenKeys } from '#config';
import { generateKeyring, randomToken } from '#crypto';
import { rotateKeyringCommand } from './rotate-keyring.command.js';

/** File name → how its content is drawn. */
const SECRETS: Readonly<Record<string, () => string>> = {
  'keyring.json': generateKeyring,
  'token-keys.json': newTokenKeys,
  'receipt-keys.json': newTokenKeys,
  'audit-keys.json': newTokenKeys,
  'metrics-token': () => randomToken(32),
};

export function keysCommand(): Command {
  return new Command('keys')
    .description('secrets of an installation')
    .addCommand(create())
    .addCommand(rotate())
    .addCommand(rotateKeyringCommand());
}

function create(): Command {
  return new Command('create')
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
}

function rotate(): Command {
  return new Command('rotate')
    .description(
      'add a token key that is published now and signs in 15 minutes; the old one stays published until its last token has expired',
    )
    .option('--file <path>', 'the file of the token keys; default TOKEN_KEYS_FILE')
    .option('--if-older-than <days>', 'only when the newest key signs for longer, as for a schedule', days)
    .option(
      '--compromised',
      'the new key signs at once and the others are removed: every access token is refused',
    )
    .action(async ({ file, ifOlderThan, compromised }: RotateOptions) => {
      const path = file ?? process.env['TOKEN_KEYS_FILE'];
      if (!path) throw new Error('Name the file with --file or TOKEN_KEYS_FILE');
      const rotation: Rotation = { ifOlderThanDays: ifOlderThan, compromised };
      const rotated = await rotateTokenKeysFile(resolve(path), rotation);
      if (!rotated) console.log('the newest key is young enough');
      else if (compromised) console.log('rotated; running processes sign with the new key within seconds');
      else console.log(`rotated; the new key signs in ${PUBLISHED_AHEAD_SECONDS / 60} minutes`);
    });
}

interface RotateOptions {
  readonly file?: string;
  readonly ifOlderThan?: number;
  readonly compromised?: true;
}

function days(text: string): number {
  const value = Number(text);
  if (!(Number.isInteger(value) && value >= 1)) throw new InvalidArgumentError('a whole number of days');
  return value;
}
