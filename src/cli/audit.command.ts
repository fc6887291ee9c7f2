import { Command, Option } from 'commander';
import { OUTCOMES } from '../audit/index.js';
import { errors } from '../core/index.js';
import { bold, dim, red } from './demo/print.js';
import { EXIT } from './exit-codes.js';

interface AuditFlags {
  readonly url: string;
  readonly analyst?: string;
  readonly from?: string;
  readonly to?: string;
  readonly action?: readonly string[];
  readonly resource?: string;
  readonly outcome?: string;
  readonly order: string;
  readonly limit: string;
  readonly json?: boolean;
}

interface AuditEvent {
  readonly recorded_at: string;
  readonly actor: { readonly id: string; readonly name?: string; readonly verified: boolean };
  readonly on_behalf_of?: { readonly id: string; readonly name?: string };
  readonly action: string;
  readonly resource: { readonly kind: string; readonly id: string; readonly name?: string };
  readonly outcome: string;
  readonly reason?: string;
}
interface AuditPage {
  readonly events: readonly AuditEvent[];
  readonly next_page_token?: string;
  readonly complete_to: number;
}

const PAGE = 1000;

export function registerAudit(program: Command): void {
  program
    .command('audit')
    .description('ask the audit trail of a running server: who did what, when, to what, and why')
    .option('--analyst <login>', 'what this person did, and what services did for them')
    .option('--from <time>', 'from this time on (ISO 8601, as in 2026-01-05 or 2026-01-05T09:00Z)')
    .option('--to <time>', 'before this time')
    .option('--action <type...>', 'event types, as in TrainingRequested RunStarted')
    .option('--resource <kind:id>', 'a thing and what belongs to it, as in run:5f2c… or registered-model:NAME')
    .addOption(new Option('--outcome <outcome>', 'what became of it').choices([...OUTCOMES]))
    .addOption(new Option('--order <order>', 'newest or oldest first').choices(['desc', 'asc']).default('desc'))
    .option('--limit <n>', 'at most so many events', '50')
    .option('--json', 'one JSON object a line')
    .addOption(new Option('--url <url>', 'the server').env('CUSTODY_URL').default('http://127.0.0.1:5000'))
    .addHelpText(
      'after',
      '\nThe token of someone who may read the trail is taken from CUSTODY_TOKEN (POST /api/v1/tokens makes one).\n\nExamples:\n  $ custody audit --analyst senior.ds.lead --from 2026-01-01\n  $ custody audit --outcome denied\n  $ custody audit --resource registered-model:lims_contamination_detector --json',
    )
    .action(async (flags: AuditFlags) => {
      process.exitCode = await audit(flags);
    });
}

async function audit(flags: AuditFlags): Promise<number> {
  const limit = Number(flags.limit);
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw errors.invalid('invalid-limit', '--limit must be a whole number from 1 on');
  let left = limit;
  let token: string | undefined;
  const shown: AuditEvent[] = [];
  do {
    const page = await fetchPage(flags, Math.min(left, PAGE), token);
    if (flags.json) for (const event of page.events) console.log(JSON.stringify(event));
    else shown.push(...page.events);
    left -= page.events.length;
    token = page.next_page_token;
  } while (token !== undefined && left > 0);
  if (!flags.json) print(shown, token !== undefined);
  return EXIT.ok;
}

async function fetchPage(
  { url, analyst, from, to, action = [], resource, outcome, order }: AuditFlags,
  limit: number,
  token: string | undefined,
): Promise<AuditPage> {
  const query = new URLSearchParams({ order, limit: String(limit) });
  const optional = { analyst, from, to, resource, outcome, page_token: token };
  for (const [name, value] of Object.entries(optional)) if (value !== undefined) query.set(name, value);
  for (const each of action) query.append('action', each);
  const secret = process.env['CUSTODY_TOKEN'];
  const headers = secret ? { authorization: `Bearer ${secret}` } : {};
  const response = await fetch(`${url.replace(/\/$/, '')}/api/v1/audit/events?${query.toString()}`, { headers }).catch(
    (cause: unknown) => {
      throw errors.unavailable(
        'no-server',
        `no server answers at ${url}: start one with custody serve, or name another with --url (${String((cause as Error).message)})`,
      );
    },
  );
  const body = (await response.json().catch(() => ({}))) as AuditPage & { detail?: string };
  if (response.ok) return body;
  if (response.status === 401)
    throw errors.unauthenticated('no-token', 'the server does not know you: put a token into CUSTODY_TOKEN');
  throw errors.invalid('refused', body.detail ?? `the server answered ${response.status}`);
}

function print(events: readonly AuditEvent[], more: boolean): void {
  if (events.length === 0) {
    console.log('nothing in the trail matches');
    return;
  }
  const rows = events.map((event) => [
    event.recorded_at.slice(0, 19).replace('T', ' '),
    who(event),
    event.action,
    about(event),
    event.outcome,
    event.reason ?? '',
  ]);
  const head = ['when (UTC)', 'who', 'what', 'on what', 'outcome', 'why'];
  const widths = head.map((title, column) =>
    Math.min(44, Math.max(title.length, ...rows.map((row) => row[column]!.length))),
  );
  const fit = (cells: readonly string[]) => {
    const text = cells
      .map((cell, column) =>
        cell.length > widths[column]! ? `${cell.slice(0, widths[column]! - 1)}…` : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd();
    return process.stdout.isTTY ? text.slice(0, Math.max(60, process.stdout.columns)) : text;
  };
  console.log(bold(fit(head)));
  for (const [index, row] of rows.entries()) console.log(events[index]!.outcome === 'ok' ? fit(row) : red(fit(row)));
  if (more) console.log(dim('there are more; raise --limit, or narrow the question'));
}

function who({ actor, on_behalf_of }: AuditEvent): string {
  const name = ({ id, name }: { id: string; name?: string }) => name ?? id;
  const acted = `${name(actor)}${actor.verified ? '' : ' (unverified)'}`;
  return on_behalf_of ? `${acted} for ${name(on_behalf_of)}` : acted;
}

const about = ({ resource: { kind, id, name } }: AuditEvent): string => `${kind} ${name ?? id}`;
