import { Command, Option } from 'commander';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newTokenKeys } from '#config';
import { generateKeyring, randomToken, rotateKeyring, type WrapPurpose } from '#crypto';

/** File name → how its content is drawn. */
const SECRETS: Readonly<Record<string, () => string>> = {
  'keyring.json': generateKeyring,
  'token-keys.json': newTokenKeys,
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
  return new Command('keys')
    .description('secrets of an installation')
    .addCommand(create)
    .addCommand(rotate());
}

function rotate(): Command {
  return new Command('rotate-keyring')
    .description('add a new active key to a keyring file; the older ones stay, to open what they closed')
    .requiredOption('--file <keyring>', 'the keyring, replaced at once or not at all')
    .addOption(
      new Option(
        '--purpose <purpose>',
        'which keys: those of data keys, or those of the secrets that templates are turned by',
      )
        .choices(['encryption', 'templates'] satisfies WrapPurpose[])
        .makeOptionMandatory(),
    )
    .action(async ({ file, purpose }: { file: string; purpose: WrapPurpose }) => {
      const next = `${file}.next`;
      await writeFile(next, rotateKeyring(await readFile(file, 'utf8'), purpose), {
        mode: 0o600,
        flag: 'wx',
      });
      await rename(next, file);
      console.log(
        `${file} has a new active key for ${purpose}. Keep a copy elsewhere, and restart API and workers with it.`,
      );
      if (purpose === 'templates') console.log('Then turn what is stored: npm run cli -- references re-key');
    });
}
