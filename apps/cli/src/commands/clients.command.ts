import { Command, InvalidArgumentError, Option } from 'commander';
import {
  type Administrator,
  ClientAdministration,
  Clients,
  DEFAULT_CLIENT_SCOPES,
  MAX_OVERLAP_SECONDS,
  type Scope,
  SCOPES,
} from '#access';
import { audited } from '../actor-option.js';
import { withPlatform } from '../with-platform.js';

interface Options {
  readonly tenant: string;
  readonly actor: string;
  readonly json?: true;
}

export function clientsCommand(): Command {
  return new Command('clients')
    .description('services of relying parties')
    .addCommand(create())
    .addCommand(list())
    .addCommand(rotate())
    .addCommand(disable())
    .addCommand(enable());
}

function create(): Command {
  return deed('create', '<name>', 'name of the client, unique in its tenant')
    .description('create a client and print its secret, once')
    .addOption(
      new Option('--scopes <scope...>', 'what it may do')
        .choices(SCOPES)
        .default([...DEFAULT_CLIENT_SCOPES], 'the daily work of a relying party'),
    )
    .option(
      '--rate-limit <requests>',
      "requests a minute on each route; default the installation's",
      wholeNumber,
    )
    .action(async (name: string, options: Options & { scopes: Scope[]; rateLimit?: number }) => {
      const { scopes, rateLimit: rateLimitPerMinute = null, json } = options;
      const client = await administer(options, (clients, by) =>
        clients.create(by, { name, scopes, rateLimitPerMinute }),
      );
      if (json) console.log(JSON.stringify(client));
      else printSecret(client);
    });
}

function list(): Command {
  return new Command('list')
    .description('the clients of a tenant, without their secrets')
    .option('--tenant <name>', 'tenant of the clients', 'default')
    .option('--json', 'print JSON')
    .action(async ({ tenant, json }: Options) => {
      const all = await administer({ tenant, actor: '' }, (clients, { tenantId }) => clients.list(tenantId));
      if (json) {
        console.log(JSON.stringify(all));
        return;
      }
      for (const { id, name, disabledAt, rateLimitPerMinute, scopes } of all)
        console.log(
          `${id}  ${disabledAt ? 'disabled' : 'enabled '}  ${String(rateLimitPerMinute ?? 'default').padStart(7)}/min  ${name}  ${scopes.join(' ')}`,
        );
    });
}

function rotate(): Command {
  return deed('rotate', '<client-id>')
    .description('draw a new secret and print it, once; the old one stays good for a while')
    .option('--overlap <seconds>', `for which it does, 0 to ${MAX_OVERLAP_SECONDS}`, overlap, 3_600)
    .action(async (id: string, options: Options & { overlap: number }) => {
      const rotated = await administer(options, (clients, by) =>
        clients.rotateSecret(by, id, options.overlap),
      );
      if (options.json) {
        console.log(JSON.stringify(rotated));
        return;
      }
      printSecret(rotated);
      const until = rotated.previousSecretUntil?.toISOString();
      console.log(until ? `The old secret is good until ${until}.` : 'The old secret has ended.');
    });
}

function disable(): Command {
  return deed('disable', '<client-id>')
    .alias('revoke')
    .description('issue no further token to a client; its own end within 5 seconds')
    .action(async (id: string, options: Options) => {
      await administer(options, (clients, by) => clients.disable(by, id));
      console.log('disabled');
    });
}

function enable(): Command {
  return deed('enable', '<client-id>')
    .description('let a client fetch tokens again')
    .action(async (id: string, options: Options) => {
      await administer(options, (clients, by) => clients.enable(by, id));
      console.log('enabled');
    });
}

function deed(name: string, argument: string, description?: string): Command {
  return audited(new Command(name))
    .argument(argument, description)
    .option('--tenant <name>', 'tenant of the client, made at first use', 'default')
    .option('--json', 'print JSON');
}

/** An operator of the installation holds every scope. */
function administer<T>(
  { tenant, actor }: Pick<Options, 'tenant' | 'actor'>,
  work: (clients: ClientAdministration, by: Administrator) => Promise<T>,
): Promise<T> {
  return withPlatform(async ({ unitOfWork }, config) => {
    const clients = new Clients(unitOfWork);
    const bounds = { maxRateLimitPerMinute: config.RATE_LIMIT_MAX_PER_MINUTE };
    return work(new ClientAdministration(unitOfWork, clients, bounds), {
      tenantId: await clients.tenant(tenant),
      actor: { kind: 'operator', id: actor },
      scopes: new Set(SCOPES),
    });
  });
}

function printSecret({ clientId, clientSecret }: { clientId: string; clientSecret: string }): void {
  console.log(`client_id      ${clientId}\nclient_secret  ${clientSecret}`);
  console.log('Keep the secret now: only its hash is stored.');
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('a whole number of at least 1');
  return Number(text);
}

function overlap(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > MAX_OVERLAP_SECONDS)
    throw new InvalidArgumentError(`0 to ${MAX_OVERLAP_SECONDS}`);
  return Number(text);
}
