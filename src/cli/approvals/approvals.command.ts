import { Command, Option } from 'commander';
import { printList, time } from '../output.js';
import { ServerClient, ServerOptions, jsonCommand } from '../server-client.js';
import { printApproval, standing } from './print.js';
import { signingDialog } from './signing-dialog.js';
import { API, pathOf, PeopleWire, WireApproval, WireListed } from './wire.js';

const EXAMPLES = `
Examples:
  $ custody approvals list --to-decide
  $ custody approvals show 7
  $ custody approvals approve 7 --reason "F1 and recall above the limits, data set checked"
  $ custody approvals reject 7 --reason "trained on the wrong snapshot"
  $ custody approvals comment 7 "where does the drift of turbidity come from?"

Approving and rejecting are electronic signatures: the dossier is shown, and the password (with the one-time code of
a second factor) is asked for anew, whatever the command signed in with.`;

/** What a signature can say of a decision about another's work. */
const MEANINGS = { approve: ['approved', 'reviewed'], reject: ['rejected'] } as const;

/** `custody approvals …`: requests for approval on a running server, and signing them. */
export function registerApprovals(program: Command): void {
  const approvals = program
    .command('approvals')
    .description('list, show, sign and comment requests for approval')
    .addHelpText('after', EXAMPLES);
  jsonCommand(approvals.command('list'))
    .description('requests, the newest first; the open ones by default')
    .option('--state <state>', 'open, granted, carried-out, rejected, withdrawn, expired or void')
    .option('--to-decide', 'only those that you may decide')
    .option('--mine', 'only those that you made')
    .action(list);
  jsonCommand(approvals.command('show <request>'))
    .description('a request (number or id) with its dossier, its signatures, and what is missing')
    .action(show);
  for (const decision of ['approve', 'reject'] as const)
    jsonCommand(approvals.command(`${decision} <request>`))
      .description(`${decision} a request with an electronic signature`)
      .requiredOption('--reason <text>', 'why; it is part of the signature')
      .addOption(
        new Option('--meaning <meaning>', 'what the signature means')
          .choices([...MEANINGS[decision]])
          .default(MEANINGS[decision][0]),
      )
      .option('--digest <digest>', 'of the dossier that you read; by default the one that is shown now')
      .option('--sign-stdin', 'read the password for the signature, and the code on the next line, from standard input')
      .action((request: string, flags: Flags) => decide(request, decision, flags));
  jsonCommand(approvals.command('comment <request> <comment>'))
    .description('say something about a request')
    .action(comment);
  jsonCommand(approvals.command('withdraw <request>'))
    .description('take back a request of your own')
    .option('--reason <text>', 'why; it is recorded')
    .action(withdraw);
}

type Flags = ServerOptions & {
  readonly json?: boolean;
  readonly state?: string;
  readonly toDecide?: boolean;
  readonly mine?: boolean;
  readonly reason?: string;
  readonly meaning?: string;
  readonly digest?: string;
  readonly signStdin?: boolean;
};

interface Answer {
  readonly number: number;
  readonly state: string;
  readonly why?: string;
}

async function list({ json, state, toDecide, mine, ...flags }: Flags): Promise<void> {
  const client = await ServerClient.of(flags);
  const query = new URLSearchParams({ state: state ?? 'open', max_results: '1000' });
  if (toDecide === true) query.set('mine', 'to-decide');
  else if (mine === true) query.set('mine', 'requested');
  const { approvals, people } = await client.get<{
    approvals: readonly WireListed[];
    people: PeopleWire;
  }>(API, query);
  printList(approvals, {
    json: json === true,
    head: ['number', 'what', 'state', 'asked (UTC)', 'by', 'until (UTC)'],
    row: (each) => [
      String(each.number),
      each.title,
      standing(each),
      time(each.requested_at),
      people[each.requested_by] ?? each.requested_by,
      each.expires_at === undefined ? '' : time(each.expires_at),
    ],
    none: 'there are no such requests',
  });
}

async function show(request: string, flags: Flags): Promise<void> {
  const approval = await (await ServerClient.of(flags)).get<WireApproval>(pathOf(request));
  if (flags.json === true) console.log(JSON.stringify(approval));
  else printApproval(approval);
}

async function decide(request: string, decision: 'approve' | 'reject', flags: Flags): Promise<void> {
  const client = await ServerClient.of(flags);
  const approval = await client.get<WireApproval>(pathOf(request));
  const { json, meaning, reason } = flags;
  const digest = flags.digest ?? approval.dossier.digest;
  // What is signed is what was shown; a script that names the digest has read it before.
  if (json !== true && flags.digest === undefined) printApproval(approval);
  const shown = await signingDialog(client, flags.signStdin === true);
  const body = { decision, meaning, reason, digest, ...shown };
  const answer = await client.post<Answer>(`${pathOf(approval.approval_id)}/decisions`, body);
  if (json === true) console.log(JSON.stringify(answer));
  else console.log(`signed; request ${answer.number} is ${answer.state}${answer.why ? `: ${answer.why}` : ''}`);
}

async function comment(request: string, text: string, flags: Flags): Promise<void> {
  const client = await ServerClient.of(flags);
  const answer = await client.post<Answer>(`${pathOf(request)}/comments`, { comment: text });
  console.log(flags.json === true ? JSON.stringify(answer) : `said, at request ${answer.number}`);
}

async function withdraw(request: string, flags: Flags): Promise<void> {
  const client = await ServerClient.of(flags);
  const answer = await client.post<Answer>(`${pathOf(request)}/withdraw`, { reason: flags.reason });
  console.log(flags.json === true ? JSON.stringify(answer) : `request ${answer.number} is ${answer.state}`);
}
