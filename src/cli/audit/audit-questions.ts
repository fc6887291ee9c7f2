import { Command, InvalidArgumentError, Option } from 'commander';
import { OUTCOMES } from '../../core/index.js';
import { auditTable, WireEntry } from './audit-table.js';
import { TableStyle } from '../text-table.js';

/** The query parameters of `GET /api/v1/audit/events`, in its own spelling. */
export interface AuditQuestion {
  readonly analyst?: string;
  readonly from?: string;
  readonly to?: string;
  readonly action?: readonly string[];
  readonly resource?: string;
  readonly outcome?: string;
  readonly order: string;
  readonly limit: number;
  readonly page_token?: string;
}

export interface WirePage {
  readonly events: readonly WireEntry[];
  readonly next_page_token?: string;
  readonly complete_to: number;
}

export interface AuditCommandParts {
  /** Asks a server; it also gets the command's other options, such as the server's address. */
  readonly query: (question: AuditQuestion, options: Readonly<Record<string, unknown>>) => Promise<WirePage>;
  readonly print: (line: string) => void;
  readonly style: TableStyle;
}

type Flags = Omit<AuditQuestion, 'page_token'> & { readonly json?: boolean };

/** As many as one page of the API holds. */
const PAGE = 1000;

const EXAMPLES = `
Examples:
  $ custody audit --analyst senior.ds.lead --from 2026-01-01
  $ custody audit --outcome denied
  $ custody audit --resource registered-model:lims_contamination_detector --json`;

/** Adds `audit` to the program and answers it, for options of the caller's own. */
export function registerAuditCommand(program: Command, parts: AuditCommandParts): Command {
  return program
    .command('audit')
    .description('ask the audit trail of a running server: who did what, when, to what, and why')
    .option('--analyst <login>', 'what this person did, and what services did for them')
    .option('--from <time>', 'from this time on (ISO 8601, as in 2026-01-05 or 2026-01-05T09:00Z)')
    .option('--to <time>', 'before this time')
    .option('--action <type...>', 'event types, as in TrainingRequested RunStarted')
    .option('--resource <kind:id>', 'a thing and what belongs to it, as in run:5f2c… or registered-model:NAME')
    .addOption(new Option('--outcome <outcome>', 'what became of it').choices([...OUTCOMES]))
    .addOption(new Option('--order <order>', 'newest or oldest first').choices(['desc', 'asc']).default('desc'))
    .option('--limit <n>', 'at most so many events', count, 50)
    .option('--json', 'one JSON object a line')
    .addHelpText('after', EXAMPLES)
    .action((flags: Flags) => ask(flags, parts));
}

async function ask({ json, limit, ...flags }: Flags, { query, print, style }: AuditCommandParts): Promise<void> {
  const shown: WireEntry[] = [];
  let left = limit;
  let page: WirePage | undefined;
  do {
    const { analyst, from, to, action, resource, outcome, order } = flags;
    const question = { analyst, from, to, action, resource, outcome, order, limit: Math.min(left, PAGE) };
    page = await query({ ...question, page_token: page?.next_page_token }, flags);
    // JSON goes out page by page: a whole trail need not fit into memory.
    if (json) for (const entry of page.events) print(JSON.stringify(entry));
    else shown.push(...page.events);
    left -= page.events.length;
  } while (page.next_page_token !== undefined && left > 0);
  if (json) return;
  if (shown.length === 0) return print('nothing in the trail matches');
  for (const line of auditTable(shown, style)) print(line);
  if (page.next_page_token !== undefined) print('there are more; raise --limit, or narrow the question');
}

function count(text: string): number {
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value > 0) return value;
  throw new InvalidArgumentError('It must be a whole number from 1 on.');
}
