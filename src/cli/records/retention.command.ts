import type { Command } from 'commander';
import { WrongUsage } from '../exit-codes.js';
import { printList } from '../output.js';
import { jsonCommand, ServerClient, ServerOptions } from '../server-client.js';

const EXAMPLES = `
Examples:
  $ custody retention                                                   # how long records are kept
  $ custody retention change --class training --years 10 --reason "40 CFR 141.33"
  $ custody retention change --online-days 365 --reason "the archive takes over after a year"
A change takes effect once an administrator and an auditor have approved it; less than the law asks for is refused.`;

interface RetentionWire {
  readonly classes: readonly { readonly record_class: string; readonly years: number; readonly holds: string }[];
  readonly online_days: number;
  readonly floor_years: number;
  readonly floor_by: string;
}

type Flags = ServerOptions & {
  readonly json?: boolean;
  readonly reason: string;
  readonly class?: string;
  readonly years?: string;
  readonly onlineDays?: string;
};

/** `custody retention`: how long records are kept, and asking for another time. */
export function registerRetention(program: Command): void {
  const retention = program
    .command('retention')
    .description('how long records are kept, by class, and asking for another time')
    .addHelpText('after', EXAMPLES);
  jsonCommand(retention.command('show', { isDefault: true }))
    .description('how long records of each class are kept')
    .action(show);
  jsonCommand(retention.command('change'))
    .description('ask that records be kept for another time')
    .option('--class <class>', 'the class of records')
    .option('--years <n>', 'how many years they are kept')
    .option('--online-days <n>', 'how many days records are in the running log before they may be archived')
    .requiredOption('--reason <text>', 'why; the approvers read it')
    .action(change);
}

async function show(flags: Flags): Promise<void> {
  const client = await ServerClient.of(flags);
  const found = await client.get<RetentionWire>('/api/v1/retention');
  if (flags.json === true) return console.log(JSON.stringify(found));
  printList(found.classes, {
    json: false,
    head: ['class', 'years', 'what it holds'],
    row: ({ record_class: name, years, holds }) => [name, String(years), holds],
    none: '',
  });
  console.log(`never less than ${found.floor_years} years (${found.floor_by})`);
  console.log(`in the running log for at least ${found.online_days} days before it may be archived`);
}

async function change(flags: Flags): Promise<void> {
  const { class: name, years, onlineDays, reason } = flags;
  const client = await ServerClient.of(flags);
  const body = {
    ...(name === undefined ? {} : { record_class: name }),
    ...(years === undefined ? {} : { years: whole('--years', years) }),
    ...(onlineDays === undefined ? {} : { online_days: whole('--online-days', onlineDays) }),
    reason,
  };
  const asked = await client.post<{ approval_id: string; number: number }>('/api/v1/retention/changes', body);
  if (flags.json === true) return console.log(JSON.stringify(asked));
  console.log(`the change is up for approval: request ${asked.number} (${asked.approval_id})`);
}

function whole(flag: string, text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new WrongUsage(`${flag} is a whole number`);
}
