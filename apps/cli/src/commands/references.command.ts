import { userInfo } from 'node:os';
import { Command } from 'commander';
import { Clients } from '#access';
import { type MaintenanceReport, ReferenceMaintenance } from '#subjects';
import { withPlatform } from '../with-platform.js';

interface Options {
  readonly tenant: string;
  readonly subject?: string;
  readonly drop?: true;
}
type Order = Parameters<ReferenceMaintenance['buildIndex']>[0];

export function referencesCommand(): Command {
  return new Command('references')
    .description('stored templates: what can be done with them without a face')
    .addCommand(rekey())
    .addCommand(index());
}

function rekey(): Command {
  return new Command('re-key')
    .description(
      'turn references by fresh keys: all whose key is not wrapped by the keyring’s active KEK for templates; safe to interrupt and repeat',
    )
    .option('--tenant <name>', 'tenant', 'default')
    .option('--subject <id>', 'one subject, whatever its key')
    .action(({ tenant, subject }: Options) =>
      maintain(tenant, async (maintenance, order) => {
        print('re-keyed', await maintenance.rekey(order, subject));
        if (subject === undefined && (await maintenance.hasIndex(order.tenantId)))
          print('put into a new index of duplicates', await maintenance.buildIndex(order));
      }),
    );
}

function index(): Command {
  return new Command('index')
    .description(
      'put all references into the tenant’s index of duplicates, or drop it; safe to interrupt and repeat',
    )
    .option('--tenant <name>', 'tenant', 'default')
    .option('--drop', 'destroy the index and its keys')
    .action(({ tenant, drop }: Options) =>
      maintain(tenant, async (maintenance, order) => {
        if (!drop) return print('put into the index', await maintenance.buildIndex(order));
        console.log((await maintenance.dropIndex(order)) ? 'dropped' : 'there was none');
      }),
    );
}

function maintain(
  tenant: string,
  work: (maintenance: ReferenceMaintenance, order: Order) => Promise<void>,
): Promise<void> {
  return withPlatform(async ({ unitOfWork, keyring }) => {
    const tenantId = await new Clients(unitOfWork).tenant(tenant);
    const actor = { kind: 'operator', id: userInfo().username } as const;
    await work(new ReferenceMaintenance(unitOfWork, keyring), { tenantId, actor });
  });
}

function print(deed: string, { done, lost }: MaintenanceReport): void {
  console.log(`${done} subjects ${deed}`);
  if (lost === 0) return;
  console.log(
    `WARNING: ${lost} subjects could not be opened with this keyring: their references match nobody.`,
  );
  process.exitCode = 1;
}
