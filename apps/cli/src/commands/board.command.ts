import { Command } from 'commander';
import { BoardPasses } from '#access';
import type { Config } from '#config';
import { audited } from '../actor-option.js';
import { runningStack, withPlatform } from '../with-platform.js';

export function boardCommand(): Command {
  return new Command('board')
    .description('the queue board (Bull Board) at /queues, for operators')
    .addCommand(link())
    .addCommand(close());
}

function link(): Command {
  return audited(new Command('link'))
    .description('print a link that opens the board once, within five minutes, for half an hour')
    .option('--re-drive', 'also allow to run failed jobs again; everything else stays refused')
    .action(async ({ actor, reDrive = false }: { actor: string; reDrive?: boolean }) => {
      const { base, code, expiresAt } = await withPlatform(async ({ unitOfWork }, config) => ({
        base: baseUrl(config),
        ...(await new BoardPasses(unitOfWork).issue(actor, { reDrive })),
      }));
      console.log(`${base}/queues/enter#${code}`);
      console.error(
        `Works once, until ${expiresAt.toISOString()}, for ${reDrive ? 'reading and running failed jobs again' : 'reading'}.`,
      );
    });
}

function close(): Command {
  return audited(new Command('close'))
    .description('end every link and every session of the board at once')
    .action(async ({ actor }: { actor: string }) => {
      const ended = await withPlatform(({ unitOfWork }) => new BoardPasses(unitOfWork).close(actor));
      console.log(`${ended} links and sessions ended`);
    });
}

/** Where an operator's browser finds the API. */
function baseUrl({ PUBLIC_URL, HOST, PORT, tls }: Config): string {
  const host = ['0.0.0.0', '::'].includes(HOST) ? '127.0.0.1' : HOST;
  const own = `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${PORT}`;
  return new URL(PUBLIC_URL ?? runningStack(process.env)?.urls[0] ?? own).origin;
}
