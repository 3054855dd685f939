import { Command, Option } from 'commander';
import {
  type Caller,
  LoginBackoff,
  Passwords,
  type Role,
  ROLES,
  tenantNamed,
  UserPasswords,
  Users,
} from '#access';
import type { Platform } from '#platform';
import { audited } from '../actor-option.js';
import { readNewPassword } from '../read-password.js';
import { withPlatform } from '../with-platform.js';

interface Options {
  readonly tenant: string;
  readonly actor: string;
}

export function usersCommand(): Command {
  return new Command('users')
    .description('people who may log in; the first administrator of a tenant is made here')
    .addCommand(create())
    .addCommand(list())
    .addCommand(enable())
    .addCommand(resetPassword());
}

function create(): Command {
  return common(new Command('create'))
    .description('create a person; a password is drawn and printed once, to be changed at the first login')
    .argument('<name>', 'name to log in with')
    .addOption(new Option('--roles <role...>', 'what the person may do').choices(ROLES).makeOptionMandatory())
    .option(
      '--prompt',
      'the person is here and chooses the password (without a terminal: the first line of the input)',
    )
    .action(
      async (name: string, { roles, prompt, ...options }: Options & { roles: Role[]; prompt?: true }) => {
        const password = prompt ? await readNewPassword() : undefined;
        const user = await asOperator(options, (caller, { users }) =>
          users.create(caller, { name, roles, password }),
        );
        console.log(`id        ${user.id}\nname      ${user.name}\nroles     ${user.roles.join(', ')}`);
        if (user.initialPassword) handOut(user.initialPassword, user.initialPasswordUntil as Date);
      },
    );
}

function list(): Command {
  return common(new Command('list'))
    .description('print the people of a tenant, a line of JSON each')
    .action((options: Options) =>
      asOperator(options, async ({ tenantId }, { users }) => {
        let cursor: string | undefined;
        do {
          const page = await users.list(tenantId, { limit: 100, cursor });
          for (const user of page.items) console.log(JSON.stringify(user));
          cursor = page.nextCursor ?? undefined;
        } while (cursor);
      }),
    );
}

function enable(): Command {
  return common(new Command('enable'))
    .description('let a disabled person log in again')
    .argument('<name>')
    .action(async (name: string, options: Options) => {
      await asOperator(options, async (caller, { users }) => {
        const { id } = await users.named(caller.tenantId, name);
        await users.change(caller, id, { disabled: false });
      });
      console.log('enabled');
    });
}

function resetPassword(): Command {
  return common(new Command('reset-password'))
    .description('draw a new password and print it once; every session of the person ends')
    .argument('<name>')
    .action(async (name: string, options: Options) => {
      const reset = await asOperator(options, async (caller, { users, passwords }) => {
        const { id } = await users.named(caller.tenantId, name);
        return passwords.reset(caller, id);
      });
      handOut(reset.initialPassword, reset.initialPasswordUntil);
      console.log(`device    ${reset.deviceToken}`);
      console.log('The deviceToken passes the delay that failed logins of others have caused.');
    });
}

function handOut(password: string, until: Date): void {
  console.log(`password  ${password}`);
  console.log(
    `It works until ${until.toISOString()} and must be changed at the login. Only its hash is stored.`,
  );
}

function common(command: Command): Command {
  return audited(command).option('--tenant <name>', 'tenant, made at first use', 'default');
}

interface UseCases {
  readonly users: Users;
  readonly passwords: UserPasswords;
}

function asOperator<T>(
  { tenant, actor }: Options,
  work: (caller: Caller, useCases: UseCases) => Promise<T>,
): Promise<T> {
  return withPlatform(async ({ unitOfWork }: Platform) => {
    const tenantId = await tenantNamed(unitOfWork, tenant);
    const hashing = new Passwords();
    const users = new Users(unitOfWork, hashing);
    const passwords = new UserPasswords(unitOfWork, hashing, new LoginBackoff(unitOfWork));
    return work({ tenantId, actor: { kind: 'operator', id: actor } }, { users, passwords });
  });
}
