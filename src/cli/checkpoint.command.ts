import { writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { ServerClient, ServerOptions, serverOptions } from './server-client.js';

interface WireCheckpoint {
  readonly number: number;
  readonly size: number;
  readonly root: string;
  readonly issued_at: string;
  readonly note: string;
}

type Flags = ServerOptions & { readonly json?: boolean; readonly out?: string };

const EXAMPLES = `
Examples:
  $ custody checkpoint > lab.checkpoint
  $ custody checkpoint new-key --reason "yearly change" --grace-days 30
  $ custody proof 0198c5c7-3c5e-7d2b-9f57-0a4f4c1d2e3f --out event.tlog-proof

A checkpoint says what the log was; keep it where those who run the server can't change it. docs/evidence.md tells how
an auditor checks the log with it.`;

/** `custody checkpoint`: the log, signed now; and its keys. */
export function registerCheckpoint(program: Command): void {
  const checkpoint = serverOptions(program.command('checkpoint'))
    .description('sign the log as it is now, and print the checkpoint (a C2SP signed note)')
    .option('--out <file>', 'write it to a file')
    .option('--json', 'print it as JSON')
    .addHelpText('after', EXAMPLES)
    .enablePositionalOptions()
    .action(issue);
  serverOptions(checkpoint.command('keys'))
    .description('the keys that the log has signed with, for --key of custody verify')
    .option('--json', 'print them as JSON')
    .action(keys);
  serverOptions(checkpoint.command('new-key'))
    .description('give the log another signing key; the old one signs beside it for a while')
    .requiredOption('--reason <text>', 'why; it is recorded')
    .option('--grace-days <n>', 'how long both sign', days, 30)
    .option('--json', 'print the result as JSON')
    .action(newKey);
}

/** `custody proof`: that the log has an event, to be checked by anybody without the server. */
export function registerProof(program: Command): void {
  serverOptions(program.command('proof <event-id>'))
    .description('a .tlog-proof file: that the log has this event, under a signed checkpoint')
    .option('--out <file>', 'write it to a file')
    .addHelpText('after', EXAMPLES)
    .action(async (eventId: string, flags: Flags) => {
      const client = await ServerClient.of(flags);
      put(await client.text(`/api/v1/evidence/events/${encodeURIComponent(eventId)}/proof`), flags.out);
    });
}

async function issue(flags: Flags): Promise<void> {
  const client = await ServerClient.of(flags);
  const { checkpoint } = await client.post<{ readonly checkpoint: WireCheckpoint }>('/api/v1/evidence/checkpoints', {});
  put(flags.json === true ? `${JSON.stringify(checkpoint)}\n` : checkpoint.note, flags.out);
}

interface WireKeys {
  readonly origin: string;
  readonly keys: readonly { readonly vkey: string; readonly introduced_at: string; readonly retires_at?: string }[];
}

async function keys(flags: Flags): Promise<void> {
  const found = await (await ServerClient.of(flags)).get<WireKeys>('/api/v1/evidence/keys');
  if (flags.json === true) return console.log(JSON.stringify(found));
  for (const { vkey, introduced_at: from, retires_at: to } of found.keys)
    console.log(`${vkey}  from ${from}${to === undefined ? '' : ` to ${to}`}`);
}

async function newKey(flags: Flags & { readonly reason: string; readonly graceDays: number }): Promise<void> {
  const client = await ServerClient.of(flags);
  const body = { grace_days: flags.graceDays, reason: flags.reason };
  const made = await client.post<{ readonly vkey: string; readonly old_until: string }>('/api/v1/evidence/keys', body);
  if (flags.json === true) return console.log(JSON.stringify(made));
  console.log(
    `${made.vkey}\nthe old key signs beside it until ${made.old_until}; tell those who verify of the new one`,
  );
}

function put(text: string, file: string | undefined): void {
  if (file === undefined) process.stdout.write(text);
  else writeFileSync(file, text);
}

function days(text: string): number {
  const value = Number(text);
  if (/^\d{1,3}$/.test(text) && value <= 366) return value;
  throw new InvalidArgumentError('It must be a whole number from 0 to 366.');
}
