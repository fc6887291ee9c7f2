import { Argument, Command, Option } from 'commander';
import { ROLES } from '../../core/index.js';
import { WrongUsage } from '../exit-codes.js';
import { ServerClient, ServerOptions, jsonCommand } from '../server-client.js';
import { printList, printSecret, time } from '../output.js';
import { registerIdentities } from './identities.command.js';
import { registerOwnPassword } from './own-password.command.js';
import { allUsers, userIdOf, userPath, WireUser } from './wire.js';

const EXAMPLES = `
Examples:
  $ custody user create ana.lyst --name "Ana Lyst" --role analyst --verified "passport seen by HR" --reason "joins"
  $ custody user verify kim "passport seen by HR"  # of an account that waits for it
  $ custody user list
  $ custody user roles ana.lyst analyst reviewer --reason "stands in for Kim"
  $ custody user reset-password ana.lyst
  $ custody user unlock ana.lyst --reason "called, it was them"
  $ custody user disable ana.lyst --reason "has left"
  $ custody user link ana.lyst 7f3c9a1e-55d2 --reason "is the same Ana"   # a subject of the OpenID provider
  $ custody user links ana.lyst
  $ custody user password                    # change your own`;

/** `custody user …`: accounts of a running server, over HTTP. */
export function registerUser(program: Command): void {
  const user = program
    .command('user')
    .description('list, make and change the accounts of a running server')
    .addHelpText('after', EXAMPLES);
  const add = (command: Command, act: Act) =>
    jsonCommand(command).action(async (...args: unknown[]) => {
      // Commander gives the arguments, then the options, then the command itself.
      const [options, ...rest] = args.slice(0, -1).reverse() as [Flags, ...unknown[]];
      await act(await ServerClient.of(options), options, rest.reverse());
    });
  add(user.command('list').description('all accounts, in the order in which they were made'), list);
  add(
    reason(user.command('create <login>'))
      .description('make an account, and show its one-time password once')
      .addOption(new Option('--role <role...>', 'what it may do').choices([...ROLES]).default([]))
      .option('--name <name>', 'the name that others see')
      .option('--email <address>', 'a mail address')
      .option('--verified <how>', 'how the person’s identity was verified; without it the account waits for that')
      .option('--service', 'an account for a program: it has tokens (custody token create), no password'),
    create,
  );
  add(
    reason(user.command('verify <user> <how>')).description(
      'record how a person’s identity was verified, which activates the account',
    ),
    verify,
  );
  add(
    reason(user.command('roles <user>'))
      .description('set all roles of an account; those that are not named are taken away')
      .addArgument(new Argument('[role...]', 'the roles from now on').choices([...ROLES]))
      .option('--none', 'take away every role: the account may then only see and change itself'),
    roles,
  );
  add(
    reason(user.command('disable <user>')).description('let nobody sign in with it any more; its history stays'),
    disable,
  );
  add(
    reason(user.command('reset-password <user>')).description('replace a forgotten password by a one-time password'),
    resetPassword,
  );
  add(
    reason(user.command('unlock <user>')).description(
      'let somebody sign in again before the lock of wrong tries is over',
    ),
    unlock,
  );
  add(
    reason(user.command('reset-second-factor <user>')).description(
      'take away the second factor of somebody who has lost it, so that they enrol another',
    ),
    resetSecondFactor,
  );
  registerIdentities(user);
  registerOwnPassword(user);
}

type Flags = ServerOptions & {
  readonly json?: boolean;
  readonly reason?: string;
  readonly role?: readonly string[];
  readonly name?: string;
  readonly email?: string;
  readonly verified?: string;
  readonly service?: boolean;
  readonly none?: boolean;
};
type Act = (client: ServerClient, flags: Flags, args: readonly unknown[]) => Promise<void>;

const reason = (command: Command): Command => command.option('--reason <text>', 'why; it is recorded with the change');

const list: Act = async (client, { json = false }) =>
  printList(await allUsers(client), {
    json,
    head: ['login', 'name', 'kind', 'roles', 'state', 'identity verified', 'last sign-in (UTC)', 'id'],
    row: (user) => [
      user.login,
      user.display_name,
      user.kind,
      user.roles.join(' ') || '(none)',
      stateOf(user),
      user.identity_verified?.how ?? '',
      time(user.last_sign_in_at),
      user.user_id,
    ],
    none: 'there are no accounts',
  });

function stateOf({ status, must_change_password }: WireUser): string {
  if (status === 'pending') return 'waits for its person to be identified';
  return status === 'active' && must_change_password ? 'has a one-time password' : status;
}

const create: Act = async (client, { json, reason: why, role = [], name, email, verified, service }, [login]) => {
  const kind = service ? 'service' : 'person';
  const body = { login, roles: role, display_name: name, email, kind, identity_verified: verified };
  const made = await client.post<Made>('/api/v1/users', body, why);
  if (json) return console.log(JSON.stringify(made));
  if (made.one_time_password === undefined)
    return console.log(
      `made ${made.login} (${made.user_id}); custody token create --user ${made.login} gives it a token`,
    );
  printSecret(made.one_time_password, oneTime(`made ${made.login} (${made.user_id})`));
  if (!service && verified === undefined)
    console.error(`nothing can be done with it before: custody user verify ${made.login} "<how>"`);
};

const verify: Act = async (client, { json, reason: why }, [name, how]) => {
  const path = userPath(await userIdOf(client, String(name)), 'identity-verification');
  const done = await client.post(path, { how }, why);
  console.log(json ? JSON.stringify(done) : `${String(name)} is active now`);
};

interface Made {
  readonly user_id: string;
  readonly login: string;
  readonly one_time_password?: string;
}

const oneTime = (what: string): string =>
  `${what}. Its one-time password is shown only now; it must be changed at the first sign-in (custody user password):`;

const roles: Act = async (client, { json, reason: why, none }, [name, given]) => {
  const wanted = given as readonly string[];
  if ((wanted.length === 0) !== (none === true))
    throw new WrongUsage('name all roles that the account has from now on, or --none to take away every one');
  const changed = await client.post<{ roles: readonly string[] }>(
    userPath(await userIdOf(client, String(name)), 'roles'),
    { roles: wanted },
    why,
  );
  console.log(json ? JSON.stringify(changed) : `${String(name)} has ${changed.roles.join(', ') || 'no role'} now`);
};

const disable: Act = async (client, { json, reason: why }, [name]) => {
  const done = await client.post(userPath(await userIdOf(client, String(name)), 'disable'), {}, why);
  console.log(json ? JSON.stringify(done) : `${String(name)} is disabled`);
};

const unlock: Act = async (client, { json, reason: why }, [name]) => {
  const done = await client.post(userPath(await userIdOf(client, String(name)), 'unlock'), {}, why);
  console.log(json ? JSON.stringify(done) : `${String(name)} may sign in again`);
};

const resetSecondFactor: Act = async (client, { json, reason: why }, [name]) => {
  const done = await client.post(userPath(await userIdOf(client, String(name)), 'second-factor/reset'), {}, why);
  console.log(json ? JSON.stringify(done) : `${String(name)} has no second factor now`);
};

const resetPassword: Act = async (client, { json, reason: why }, [name]) => {
  const reset = await client.post<Made>(userPath(await userIdOf(client, String(name)), 'password'), {}, why);
  if (json) return console.log(JSON.stringify(reset));
  printSecret(String(reset.one_time_password), oneTime(`the password of ${String(name)} is reset`));
};
