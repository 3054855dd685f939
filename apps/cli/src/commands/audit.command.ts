import { Command, InvalidArgumentError } from 'commander';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { tenantsThere } from '#access';
import { AuditCheckpoints, AuditExport, AuditSequencer, type Actor } from '#audit';
import { auditKeysOf } from '#platform';
import { verifyFile, verifyTenants } from '../audit/verify.js';
import { audited } from '../actor-option.js';
import { withPlatform } from '../with-platform.js';

interface VerifyOptions {
  readonly actor: string;
  readonly tenant?: string;
  readonly checkpoint?: string;
  readonly file?: string;
  readonly jwks?: string;
}

export function auditCommand(): Command {
  return new Command('audit')
    .description('the audit trail: verify its chain, export it, sign checkpoints to keep elsewhere')
    .addCommand(verify())
    .addCommand(exportTrail())
    .addCommand(checkpoint());
}

function verify(): Command {
  return audited(new Command('verify'))
    .description('follow every link and checkpoint; exit 1 at a fault, which is located')
    .option('--tenant <name>', 'one tenant; default every one')
    .option('--checkpoint <file>', 'checkpoints that were kept elsewhere, one a line')
    .option('--file <export>', 'an export instead of the database; needs --jwks')
    .option('--jwks <file>', 'public keys of the checkpoints; default those of this installation')
    .action(async ({ actor, ...options }: VerifyOptions) => {
      const results = options.file
        ? [await verifyFile({ ...options, file: options.file })]
        : await verifyTenants(operator(actor), options);
      for (const { line } of results) console.log(line);
      if (results.some(({ valid }) => !valid)) process.exitCode = 1;
    });
}

function exportTrail(): Command {
  return audited(new Command('export'))
    .description("write a tenant's trail, one event a line with its link, and the checkpoints on it")
    .option('--tenant <name>', 'tenant', 'default')
    .option('--from <time>', 'events that occurred then or later', moment)
    .option('--to <time>', 'events that occurred before', moment)
    .option('--out <file>', 'default: standard output')
    .action(async (options: { actor: string; tenant: string; from?: Date; to?: Date; out?: string }) => {
      const { actor, tenant, from, to, out } = options;
      await withPlatform(async ({ unitOfWork }) => {
        const [found] = await tenantsThere(unitOfWork, tenant);
        const reader = { tenantId: (found as { id: string }).id, actor: operator(actor) };
        const file: Writable | undefined = out
          ? createWriteStream(out, { flags: 'wx', mode: 0o600 })
          : undefined;
        await write(file ?? process.stdout, new AuditExport(unitOfWork).lines(reader, { from, to }));
        if (file) await once(file.end(), 'close');
      });
    });
}

function checkpoint(): Command {
  return audited(new Command('checkpoint'))
    .description('verify the chain since the last checkpoint and print a new one, to be kept elsewhere')
    .option('--tenant <name>', 'one tenant; default every one')
    .option('--out <file>', 'default: standard output')
    .action(async ({ actor, tenant, out }: { actor: string; tenant?: string; out?: string }) => {
      const signed = await withPlatform(async ({ unitOfWork }, config) => {
        const sequencer = new AuditSequencer(unitOfWork, { onError: () => undefined });
        const checkpoints = new AuditCheckpoints(unitOfWork, auditKeysOf(config));
        const lines: string[] = [];
        for (const { id } of await tenantsThere(unitOfWork, tenant)) {
          while ((await sequencer.sequence(id)) > 0);
          const made = await checkpoints.create(id, operator(actor));
          if (made) lines.push(made.signed);
        }
        return lines;
      });
      const text = signed.map((line) => `${line}\n`).join('');
      if (out) await writeFile(out, text, { flag: 'wx', mode: 0o600 });
      else process.stdout.write(text);
      if (signed.length === 0) console.error('nothing new since the last checkpoint');
    });
}

const operator = (id: string): Actor => ({ kind: 'operator', id });

/** No faster than the other side reads, so that a long trail is never in memory. */
async function write(to: Writable, lines: AsyncIterable<string>): Promise<void> {
  for await (const line of lines) if (!to.write(`${line}\n`)) await once(to, 'drain');
}

function moment(text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw new InvalidArgumentError('a time such as 2026-11-25T09:00:00Z');
  return date;
}
