import { Command, Option } from 'commander';
import { Clients, DEFAULT_CLIENT_SCOPES, type Scope, SCOPES } from '#access';
import { withPlatform } from '../with-platform.js';

export function clientsCommand(): Command {
  return new Command('clients')
    .description('services of relying parties')
    .addCommand(create())
    .addCommand(revoke());
}

function create(): Command {
  return new Command('create')
    .description('create a client and print its secret, once')
    .argument('<name>', 'name of the client, unique in its tenant')
    .option('--tenant <name>', 'tenant, made at first use', 'default')
    .addOption(
      new Option('--scopes <scope...>', 'what it may do')
        .choices(SCOPES)
        .default([...DEFAULT_CLIENT_SCOPES], 'the daily work of a relying party'),
    )
    .option('--json', 'print JSON')
    .action(
      async (name: string, { tenant, scopes, json }: { tenant: string; scopes: Scope[]; json?: true }) => {
        const client = await withPlatform(async ({ unitOfWork }) => {
          const clients = new Clients(unitOfWork);
          return clients.create(await clients.tenant(tenant), name, scopes);
        });
        if (json) {
          console.log(JSON.stringify(client));
          return;
        }
        console.log(`client_id      ${client.clientId}\nclient_secret  ${client.clientSecret}`);
        console.log('Keep the secret now: only its hash is stored.');
      },
    );
}

function revoke(): Command {
  return new Command('revoke')
    .description('issue no further token to a client and refuse those it has')
    .argument('<client-id>')
    .option('--tenant <name>', 'tenant of the client', 'default')
    .action(async (clientId: string, { tenant }: { tenant: string }) => {
      const revoked = await withPlatform(async ({ unitOfWork }) => {
        const clients = new Clients(unitOfWork);
        return clients.revoke(await clients.tenant(tenant), clientId);
      });
      if (!revoked) throw new Error(`No active client ${clientId} in tenant ${tenant}`);
      console.log('revoked; tokens already issued are refused within five seconds');
    });
}
