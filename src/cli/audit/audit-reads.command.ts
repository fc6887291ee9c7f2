import { Command, InvalidArgumentError } from 'commander';
import { printList } from '../output.js';
import { ServerClient, ServerOptions, serverOptions } from '../server-client.js';

interface WireRead {
  readonly actor: { readonly id: string; readonly name?: string };
  readonly action: string;
  readonly route: string;
  readonly kind: string;
  readonly id?: string;
  readonly path?: string;
  readonly count: number;
  readonly rows?: number;
  readonly first_read_at: string;
  readonly last_read_at: string;
}

interface Page {
  readonly reads: readonly WireRead[];
  readonly next_page_token?: string;
}

interface Flags extends ServerOptions {
  readonly actor?: string;
  readonly kind?: string;
  readonly id?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** As many as one page of the API holds. */
const PAGE = 1000;

const EXAMPLES = `
Examples:
  $ custody audit reads --actor kim --from 2026-01-01
  $ custody audit reads --kind run --id 5f2c0d6c8f6d4a5e9b7f1a2b3c4d5e6f`;

/** `custody audit reads`: who looked at what. */
export function registerAuditReads(audit: Command): void {
  // `--from` after `reads` belongs to it, not to the command above.
  audit.enablePositionalOptions();
  serverOptions(audit.command('reads'))
    .description('who read what and when, the latest first')
    .option('--actor <login>', 'what this person read (login or id)')
    .option('--kind <kind>', 'kind of what was read, as in run, experiment, model, trail')
    .option('--id <id>', 'its id or name; needs --kind')
    .option('--from <time>', 'from this time on (ISO 8601)')
    .option('--to <time>', 'before this time')
    .option('--limit <n>', 'at most so many lines', count, 50)
    .option('--json', 'one JSON object a line')
    .addHelpText('after', EXAMPLES)
    .action(ask);
}

async function ask(flags: Flags): Promise<void> {
  const client = await ServerClient.of(flags);
  const shown: WireRead[] = [];
  let next: string | undefined;
  do {
    const query = new URLSearchParams({ limit: String(Math.min(PAGE, flags.limit - shown.length)) });
    for (const name of ['actor', 'kind', 'id', 'from', 'to'] as const) {
      const value = flags[name];
      if (value !== undefined) query.set(name, value);
    }
    if (next !== undefined) query.set('page_token', next);
    const page = await client.get<Page>('/api/v1/audit/reads', query);
    shown.push(...page.reads);
    next = page.next_page_token;
  } while (next !== undefined && shown.length < flags.limit);
  printList(shown, {
    json: flags.json === true,
    head: ['last (UTC)', 'who', 'what', 'by', 'times', 'rows', 'first (UTC)'],
    row: (read) => [
      second(read.last_read_at),
      read.actor.name ?? read.actor.id,
      [read.kind, read.id, read.path].filter((part) => part !== undefined).join(' '),
      read.route,
      String(read.count),
      read.rows === undefined ? '' : String(read.rows),
      second(read.first_read_at),
    ],
    none: 'nobody read anything like that',
  });
  if (flags.json !== true && next !== undefined) console.log('there are more; raise --limit, or narrow the question');
}

const second = (iso: string): string => iso.slice(0, 19).replace('T', ' ');

function count(text: string): number {
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value > 0) return value;
  throw new InvalidArgumentError('It must be a whole number from 1 on.');
}
