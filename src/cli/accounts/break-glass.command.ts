import { Argument, Command, Option } from 'commander';
import { ROLES } from '../../core/index.js';
import { WrongUsage } from '../exit-codes.js';
import { ServerClient, ServerOptions, jsonCommand } from '../server-client.js';
import { printList, time } from '../output.js';
import { printApproval } from '../approvals/print.js';
import { signingDialog } from '../approvals/signing-dialog.js';
import { API, pathOf, WireApproval, WireListed } from '../approvals/wire.js';
import { userIdOf, userPath } from './wire.js';

const EXAMPLES = `
Examples:
  $ custody break-glass allow ana.lyst --reason "on call this week"       # for administrators, beforehand
  $ custody break-glass use reviewer --minutes 30 --reason "the model in production reports nonsense"
  $ custody break-glass reviews --overdue
  $ custody break-glass sign-off bg-01890a5d-ac96-774b-bcce-b302099a8058 justified "called her, saw the report"`;

/** `custody break-glass …`: taking a role in need, and the review that follows, over HTTP. */
export function registerBreakGlass(program: Command): void {
  const glass = program
    .command('break-glass')
    .description('take a role in need, and review what others took')
    .addHelpText('after', EXAMPLES);
  const because = 'why; it is recorded';
  for (const allowed of [true, false])
    jsonCommand(glass.command(`${allowed ? 'allow' : 'forbid'} <user>`))
      .description(
        allowed ? 'let an account take a role by itself' : 'withdraw that, and with it what the account took',
      )
      .requiredOption('--reason <text>', because)
      .action((user: string, flags: Flags) => allow(user, allowed, flags));
  jsonCommand(glass.command('use'))
    .description('take a role for a while; it opens a review that somebody independent has to sign off')
    .addArgument(new Argument('<role>', 'the role to take').choices([...ROLES]))
    .addOption(new Option('--minutes <minutes>', 'for how long').default('30'))
    .requiredOption('--reason <text>', because)
    .action(use);
  jsonCommand(glass.command('reviews'))
    .description('what was taken, by whom and why, and who signed it off')
    .option('--overdue', 'only what nobody has signed off')
    .action(reviews);
  jsonCommand(glass.command('sign-off <review-id>'))
    .description('say whether it was justified, with an electronic signature')
    .addArgument(new Argument('<decision>', 'what you found').choices(['justified', 'unjustified']))
    .argument('<comment>', 'what you looked at; it is part of the signature')
    .option('--digest <digest>', 'of the dossier that you read; by default the one that is shown now')
    .option('--sign-stdin', 'read the password for the signature, and the code on the next line, from standard input')
    .action(signOff);
}

type Flags = ServerOptions & {
  readonly json?: boolean;
  readonly reason?: string;
  readonly minutes?: string;
  readonly overdue?: boolean;
  readonly digest?: string;
  readonly signStdin?: boolean;
};

interface WireReview {
  readonly review_id: string;
  readonly user_id: string;
  readonly role: string;
  readonly reason: string;
  readonly opened_at: string;
  readonly expires_at: string;
  readonly decision?: string;
  readonly reviewed_by?: string;
}

async function allow(user: string, allowed: boolean, flags: Flags): Promise<void> {
  const client = await ServerClient.of(flags);
  const done = await client.post(userPath(await userIdOf(client, user), 'break-glass'), { allowed }, flags.reason);
  const told = `${user} ${allowed ? 'may' : 'may no longer'} take a role in need`;
  console.log(flags.json === true ? JSON.stringify(done) : told);
}

async function use(role: string, flags: Flags): Promise<void> {
  const minutes = Number(flags.minutes);
  if (!Number.isInteger(minutes) || minutes < 1) throw new WrongUsage('--minutes is a whole number of minutes');
  const client = await ServerClient.of(flags);
  const taken = await client.post<WireReview>('/api/v1/break-glass', { role, minutes }, flags.reason);
  const told = `you are ${role} until ${time(taken.expires_at)} (UTC); it will be reviewed (${taken.review_id})`;
  console.log(flags.json === true ? JSON.stringify(taken) : told);
}

async function reviews(flags: Flags): Promise<void> {
  const client = await ServerClient.of(flags);
  const query = new URLSearchParams(flags.overdue === true ? { state: 'overdue' } : {});
  const { reviews: all } = await client.get<{ reviews: readonly WireReview[] }>('/api/v1/break-glass/reviews', query);
  printList(all, {
    json: flags.json === true,
    head: ['id', 'who', 'role', 'from (UTC)', 'until (UTC)', 'why', 'review'],
    row: (each) => [
      each.review_id,
      each.user_id,
      each.role,
      time(each.opened_at),
      time(each.expires_at),
      each.reason,
      each.decision === undefined ? 'overdue' : `${each.decision}, says ${each.reviewed_by}`,
    ],
    none: 'nobody took a role in need',
  });
}

async function signOff(reviewId: string, decision: string, comment: string, flags: Flags): Promise<void> {
  const client = await ServerClient.of(flags);
  const path = `/api/v1/break-glass/reviews/${encodeURIComponent(reviewId)}`;
  const shown = flags.digest === undefined ? await dossierOf(client, reviewId, flags) : undefined;
  const credentials = await signingDialog(client, flags.signStdin === true);
  const done = await client.post(path, { decision, comment, digest: flags.digest ?? shown, ...credentials });
  console.log(flags.json === true ? JSON.stringify(done) : `${reviewId} is signed off as ${decision}`);
}

/** What is signed is what was shown. A review that this person may not see is refused by the call that signs. */
async function dossierOf(client: ServerClient, reviewId: string, flags: Flags): Promise<string | undefined> {
  const query = new URLSearchParams({ subject: `break-glass-review:${reviewId}` });
  const { approvals } = await client.get<{ approvals: readonly WireListed[] }>(API, query);
  const [listed] = approvals;
  if (!listed) return undefined;
  const approval = await client.get<WireApproval>(pathOf(listed.approval_id));
  if (flags.json !== true) printApproval(approval);
  return approval.dossier.digest;
}
