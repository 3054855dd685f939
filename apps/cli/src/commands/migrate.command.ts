import { Command } from 'commander';
import { parseEnvironment } from '#config';
import { migrate, revertMigration } from '#database';

export function migrateCommand(): Command {
  return new Command('migrate')
    .description('bring the database (DATABASE_OWNER_URL, else DATABASE_URL) to the newest version')
    .option('--revert', 'take back the newest migration instead')
    .action(async ({ revert }: { revert?: true }) => {
      const { DATABASE_OWNER_URL, DATABASE_URL } = parseEnvironment(process.env);
      const url = DATABASE_OWNER_URL ?? DATABASE_URL;
      if (!url) throw new Error('Set DATABASE_OWNER_URL or DATABASE_URL');
      if (revert) {
        await revertMigration(url);
        console.log('reverted the newest migration');
        return;
      }
      const names = await migrate(url);
      console.log(names.length > 0 ? `migrated: ${names.join(', ')}` : 'the database is up to date');
    });
}
