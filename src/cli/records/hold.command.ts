import type { Command } from 'commander';
import { WrongUsage } from '../exit-codes.js';
import { printList } from '../output.js';
import { jsonCommand, ServerClient, ServerOptions } from '../server-client.js';

const EXAMPLES = `
Examples:
  $ custody hold place --user u-01890a5d-ac96-774b-bcce-b302099a8057 --reason "case 26-114"
  $ custody hold place --model lims_contamination_detector --reason "inquiry by the agency"
  $ custody hold place --everything --reason "all of it, until the court says otherwise"
  $ custody hold list
  $ custody hold lift lh-01890a5d-ac96-774b-bcce-b302099a8066 --reason "case closed"`;

const API = '/api/v1/legal-holds';

interface HoldWire {
  readonly hold_id: string;
  readonly scope: string;
  readonly user_id?: string;
  readonly model?: string;
  readonly state: string;
  readonly placed_by: string;
  readonly reason: string;
  readonly lifted_because?: string;
}

type Flags = ServerOptions & {
  readonly json?: boolean;
  readonly reason: string;
  readonly user?: string;
  readonly model?: string;
  readonly everything?: boolean;
};

/** `custody hold …`: what must not be erased, archived or removed, whoever asks. */
export function registerHold(program: Command): void {
  const hold = program
    .command('hold')
    .description('place, list and lift legal holds: what must stay as it is')
    .addHelpText('after', EXAMPLES);
  jsonCommand(hold.command('list')).description('all legal holds, those that were lifted too').action(list);
  jsonCommand(hold.command('place'))
    .description('keep a person, a model or everything from being erased, archived or removed')
    .option('--user <id>', 'this person')
    .option('--model <name>', 'this registered model, and all who did something to it')
    .option('--everything', 'all that there is')
    .requiredOption('--reason <text>', 'why; it stays readable')
    .action(place);
  jsonCommand(hold.command('lift <id>'))
    .description('end a legal hold')
    .requiredOption('--reason <text>', 'why; it stays readable')
    .action(lift);
}

async function list(flags: Flags): Promise<void> {
  const client = await ServerClient.of(flags);
  const { legal_holds: holds } = await client.get<{ legal_holds: readonly HoldWire[] }>(API);
  printList(holds, {
    json: flags.json === true,
    head: ['hold', 'on', 'state', 'placed by', 'reason', 'lifted because'],
    row: (hold) => [hold.hold_id, told(hold), hold.state, hold.placed_by, hold.reason, hold.lifted_because ?? ''],
    none: 'there is no legal hold',
  });
}

const told = ({ scope, user_id: user, model }: HoldWire): string => {
  if (user !== undefined) return `the person ${user}`;
  return model === undefined ? scope : `the model ${model}`;
};

async function place(flags: Flags): Promise<void> {
  const { user, model, everything, reason } = flags;
  if ([user, model, everything].filter((each) => each !== undefined).length !== 1)
    throw new WrongUsage('give exactly one of --user, --model and --everything');
  const client = await ServerClient.of(flags);
  const scope = user !== undefined ? { user_id: user } : model !== undefined ? { model } : { everything };
  const hold = await client.post<HoldWire>(API, { ...scope, reason });
  if (flags.json === true) console.log(JSON.stringify(hold));
  else console.log(`${hold.hold_id} holds ${told(hold)}`);
}

async function lift(id: string, flags: Flags): Promise<void> {
  const client = await ServerClient.of(flags);
  const hold = await client.post<HoldWire>(`${API}/${encodeURIComponent(id)}/lift`, { reason: flags.reason });
  if (flags.json === true) console.log(JSON.stringify(hold));
  else console.log(`${hold.hold_id} is lifted`);
}
