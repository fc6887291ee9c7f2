import { Argument, Command } from 'commander';
import { ROLES } from '../../core/index.js';
import { WrongUsage } from '../exit-codes.js';
import { printList } from '../output.js';
import { ServerClient, ServerOptions, jsonCommand } from '../server-client.js';
import { placeOf, WirePlace } from './wire.js';

const EXAMPLES = `
Examples:
  $ custody group list
  $ custody group map "Data Science" analyst --reason "they train the models"
  $ custody group map Water analyst reviewer --experiments "LIMS*" --reason "the water project"
  $ custody group unmap Water --experiments "LIMS*" --reason "the project has ended"
Who belongs to a group, the lab's directory says (SCIM).`;

/** `custody group …`: which roles the groups of the lab's directory give to their members, over HTTP. */
export function registerGroup(program: Command): void {
  const group = program
    .command('group')
    .description('list the groups of the lab’s directory, and say which roles they give')
    .addHelpText('after', EXAMPLES);
  jsonCommand(group.command('list'))
    .description('all groups that have members or roles, with the roles that each gives')
    .action(list);
  changing(group.command('map <group>'))
    .description('set all roles that a group gives there; those that are not named are taken away')
    .addArgument(new Argument('<role...>', 'what its members may do there').choices([...ROLES]))
    .action((name: string, roles: readonly string[], flags: Flags) => set(name, roles, flags));
  changing(group.command('unmap <group>'))
    .description('take away all roles that a group gives there')
    .action((name: string, flags: Flags) => set(name, [], flags));
}

type Flags = ServerOptions & {
  readonly json?: boolean;
  readonly reason?: string;
  readonly experiments?: string;
  readonly models?: string;
};
interface WireMapping extends WirePlace {
  readonly roles: readonly string[];
}
interface WireGroup {
  readonly group: string;
  readonly roles: readonly string[];
  readonly scoped: readonly WireMapping[];
  readonly members: number;
}

const changing = (command: Command): Command =>
  jsonCommand(command)
    .option('--experiments <pattern>', 'for experiments of these names: * is any text, ? one character')
    .option('--models <pattern>', 'for registered models of these names; with neither, everywhere')
    .requiredOption('--reason <text>', 'why; it is recorded with the change');

async function list(flags: Flags): Promise<void> {
  const client = await ServerClient.of(flags);
  const { groups } = await client.get<{ groups: readonly WireGroup[] }>('/api/v1/group-roles');
  if (flags.json === true) for (const group of groups) console.log(JSON.stringify(group));
  else
    printList(groups.flatMap(rowsOf), {
      json: false,
      head: ['group', 'members', 'gives', 'for'],
      row: ({ group, members, roles, place }) => [group, String(members), roles.join(' ') || '(none)', place],
      none: 'there are no groups, and none has roles',
    });
}

/** One line for each place where a group gives roles. */
function rowsOf({ group, members, roles, scoped }: WireGroup) {
  const everywhere = roles.length > 0 || scoped.length === 0 ? [{ group, members, roles, place: 'everything' }] : [];
  return [
    ...everywhere,
    ...scoped.map((mapping) => ({ group, members, roles: mapping.roles, place: placeOf(mapping) })),
  ];
}

async function set(group: string, roles: readonly string[], flags: Flags): Promise<void> {
  const { experiments, models } = flags;
  if (experiments !== undefined && models !== undefined)
    throw new WrongUsage('roles of a group are for --experiments or for --models; map it twice for both');
  const client = await ServerClient.of(flags);
  const body = { group, roles, experiments, models };
  const done = await client.post<WireMapping>('/api/v1/group-roles', body, flags.reason);
  const gives = done.roles.join(', ') || 'no role';
  console.log(flags.json === true ? JSON.stringify(done) : `${group} gives ${gives} for ${placeOf(done)} now`);
}
