import { Command, Option } from 'commander';
import { resolve } from 'node:path';
import { replaceSecretFile } from '#config';
import { rotateKeyring, type WrapPurpose } from '#crypto';

export function rotateKeyringCommand(): Command {
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
      await replaceSecretFile(resolve(file), (text) => rotateKeyring(text, purpose));
      console.log(
        `${file} has a new active key for ${purpose}. Keep a copy elsewhere, and restart API and workers with it.`,
      );
      if (purpose === 'templates') console.log('Then turn what is stored: npm run cli -- references re-key');
    });
}
