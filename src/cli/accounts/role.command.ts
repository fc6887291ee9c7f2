import { Argument, Command } from 'commander';
import { ROLES } from '../../core/index.js';
import { WrongUsage } from '../exit-codes.js';
import { ServerClient, ServerOptions, jsonCommand } from '../server-client.js';
import { printList, time } from '../output.js';
import { placeOf, userIdOf, userPath, WirePlace } from './wire.js';

const EXAMPLES = `
Examples:
  $ custody role grant ana.lyst analyst --experiments "LIMS*" --until 2027-01-31 --reason "the water project"
  $ custody role list ana.lyst
  $ custody role list ana.lyst --as-of 2026-06-30
  $ custody role revoke ana.lyst g-01890a5d-ac96-774b-bcce-b302099a8058 --reason "the project has ended"
Roles that hold everywhere and for ever are set with custody user roles.`;

/** `custody role …`: who may do what, where and until when, over HTTP. */
export function registerRole(program: Command): void {
  const role = program
    .command('role')
    .description('grant roles for some experiments or models or for a while, take them back, and list who had which')
    .addHelpText('after', EXAMPLES);
  jsonCommand(role.command('grant <user>'))
    .description('give an account a role for names that a pattern stands for, or until a time')
    .addArgument(new Argument('<role>', 'what it may do there').choices([...ROLES]))
    .option('--experiments <pattern>', 'for experiments of these names: * is any text, ? one character')
    .option('--models <pattern>', 'for registered models of these names')
    .option('--until <time>', 'until when it holds (ISO 8601)')
    .requiredOption('--reason <text>', 'why; it is recorded with the grant')
    .action(grant);
  jsonCommand(role.command('revoke <user> <grant-id>'))
    .description('take a grant back at once; custody role list shows its id')
    .option('--reason <text>', 'why; it is recorded with the change')
    .action(revoke);
  jsonCommand(role.command('list <user>'))
    .description('all roles of an account, where they hold and until when')
    .option('--as-of <time>', 'as they were then (ISO 8601); now by default')
    .option('--history', 'every change up to then, with who made it and why')
    .action(list);
}

type Flags = ServerOptions & {
  readonly json?: boolean;
  readonly reason?: string;
  readonly experiments?: string;
  readonly models?: string;
  readonly until?: string;
  readonly asOf?: string;
  readonly history?: boolean;
};

interface WireGrant extends WirePlace {
  readonly grant_id: string;
  readonly role: string;
  readonly expires_at?: string;
}
interface WireNamedRole {
  readonly role_id: number;
  readonly name: string;
  readonly permissions: readonly (Omit<WireGrant, 'grant_id'> & { readonly level: string })[];
}
interface WireChange {
  readonly at: string;
  readonly by: string;
  readonly change: string;
  readonly reason?: string;
}
interface Rights {
  readonly status: string;
  readonly roles: readonly string[];
  readonly grants: readonly WireGrant[];
  readonly named_roles: readonly WireNamedRole[];
  readonly history: readonly WireChange[];
}

async function grant(user: string, role: string, flags: Flags): Promise<void> {
  const { experiments, models, until } = flags;
  if (experiments !== undefined && models !== undefined)
    throw new WrongUsage('a grant is for --experiments or for --models; make two for both');
  const client = await ServerClient.of(flags);
  const body = { role, experiments, models, expires_at: until };
  const path = userPath(await userIdOf(client, user), 'grants');
  const made = await client.post<WireGrant>(path, body, flags.reason);
  const { grant_id: id } = made;
  console.log(flags.json === true ? JSON.stringify(made) : `${user} is ${role} for ${placeOf(made)} (${id})`);
}

async function revoke(user: string, grantId: string, flags: Flags): Promise<void> {
  const client = await ServerClient.of(flags);
  const path = userPath(await userIdOf(client, user), `grants/${encodeURIComponent(grantId)}`);
  const done = await client.delete(path, flags.reason);
  console.log(flags.json === true ? JSON.stringify(done) : `${grantId} of ${user} is revoked`);
}

async function list(user: string, flags: Flags): Promise<void> {
  const client = await ServerClient.of(flags);
  const query = new URLSearchParams(flags.asOf === undefined ? {} : { as_of: flags.asOf });
  const rights = await client.get<Rights>(userPath(await userIdOf(client, user), 'rights'), query);
  const json = flags.json === true;
  if (flags.history === true) {
    return printList(rights.history, {
      json,
      head: ['at (UTC)', 'change', 'by', 'reason'],
      row: ({ at, change, by, reason = '' }) => [time(at), change, by, reason],
      none: 'nothing was changed yet',
    });
  }
  printList(rowsOf(rights), {
    json,
    head: ['role', 'for', 'until (UTC)', 'from'],
    row: (each) => [each.role, each.for, time(each.until), each.from],
    none: `${user} ${rights.status === 'disabled' ? 'is disabled' : 'has no role'}`,
  });
}

interface Row {
  readonly role: string;
  readonly for: string;
  readonly until?: string;
  readonly from: string;
}

/** What holds, one line each, wherever it comes from. */
const rowsOf = ({ roles, grants, named_roles }: Rights): readonly Row[] => [
  ...roles.map((role) => ({ role, for: 'everything', from: 'the account' })),
  ...grants.map((each) => ({ role: each.role, for: placeOf(each), until: each.expires_at, from: each.grant_id })),
  ...named_roles.flatMap(({ name, permissions }) =>
    permissions.map((each) => ({ role: each.role, for: placeOf(each), from: `the role ${name}` })),
  ),
];
