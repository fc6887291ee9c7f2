import type { Command } from 'commander';
import { errors } from '../../core/index.js';
import { printList, time } from '../output.js';
import { jsonCommand, ServerClient, ServerOptions } from '../server-client.js';

const EXAMPLES = `
Examples:
  $ custody archive close --reason "yearly archive"        # all that is past its online time (custody retention)
  $ custody archive list
  $ custody archive get 1 --out 2024.segment
  $ custody archive verify 2024.segment 2025.segment       # offline; order counts
  $ custody archive restore 2024.segment 2025.segment --into ./as-it-was
The running log keeps what was archived, too: nothing is removed from it. docs/privacy.md tells what that means.`;

const API = '/api/v1/archive/segments';

interface SegmentWire {
  readonly segment: number;
  readonly first_event: number;
  readonly events: number;
  readonly oldest_at: string;
  readonly newest_at: string;
  readonly sha256: string;
  readonly tree_size: number;
  readonly root: string;
}

type Flags = ServerOptions & {
  readonly json?: boolean;
  readonly reason: string;
  readonly out: string;
  readonly into: string;
};

/** `custody archive …`: closed segments of the log as files that prove themselves. */
export function registerArchive(program: Command): void {
  const archive = program
    .command('archive')
    .description('write closed segments of the log to the archive, verify them, and restore them for reading')
    .addHelpText('after', EXAMPLES);
  jsonCommand(archive.command('list')).description('archived segments').action(list);
  jsonCommand(archive.command('close'))
    .description('close and archive all segments that are past their online time')
    .requiredOption('--reason <text>', 'why')
    .action(close);
  jsonCommand(archive.command('get <number>'))
    .description('save the file of a segment')
    .requiredOption('--out <file>', 'where to; nothing may be there')
    .action(get);
  jsonCommand(archive.command('remove <number>'))
    .description('remove a segment: refused while its records are kept by law, policy or hold, and recorded')
    .requiredOption('--reason <text>', 'why')
    .action(remove);
  archive
    .command('verify <files...>')
    .description('check files of segments, in their order, without a server')
    .action(verify);
  archive
    .command('restore <files...>')
    .description('make a data folder with the log up to the last of these segments, for reading')
    .requiredOption('--into <folder>', 'the new data folder; it may have no log')
    .action(restore);
}

const row = ({ segment, first_event: first, events, oldest_at, newest_at, sha256 }: SegmentWire) => [
  String(segment),
  String(first),
  String(events),
  time(oldest_at),
  time(newest_at),
  sha256.slice(0, 16),
];

async function list(flags: Flags): Promise<void> {
  const client = await ServerClient.of(flags);
  const { segments } = await client.get<{ segments: readonly SegmentWire[] }>(API);
  const head = ['segment', 'first event', 'events', 'from (UTC)', 'to (UTC)', 'sha256'];
  printList(segments, { json: flags.json === true, head, row, none: 'nothing is archived yet' });
}

async function close(flags: Flags): Promise<void> {
  const client = await ServerClient.of(flags);
  for (let closed = 0; ; closed++) {
    let segment: SegmentWire;
    try {
      segment = await client.post<SegmentWire>(API, {}, flags.reason);
    } catch (error) {
      // The last one is behind us.
      if (closed > 0 && (error as { code?: string }).code === 'nothing-to-archive') return;
      throw error;
    }
    if (flags.json === true) console.log(JSON.stringify(segment));
    else console.log(`segment ${segment.segment}: ${segment.events} events, sha256 ${segment.sha256}`);
    // One that is full may have a next one; what is recorded by archiving itself is not chased.
    if (segment.events < 100_000) return;
  }
}

async function get(number: string, flags: Flags): Promise<void> {
  const client = await ServerClient.of(flags);
  await client.save(`${API}/${encodeURIComponent(number)}/content`, flags.out);
  console.log(`segment ${number} is in ${flags.out}`);
}

async function remove(number: string, flags: Flags): Promise<void> {
  const client = await ServerClient.of(flags);
  await client.delete(`${API}/${encodeURIComponent(number)}`, flags.reason);
}

const told = (file: string, events: number, size: number, root: string): string =>
  `${file}: ${events} events, whole and in order; the log has ${size} events here, root ${root}`;

async function verify(files: readonly string[]): Promise<void> {
  const { eventsOfSegments, SegmentDamaged } = await import('../../records/index.js');
  try {
    const events = eventsOfSegments(files, {
      onSegment: ({ file, end }) => console.log(told(file, end.events, end.size, end.root)),
    });
    for await (const _ of events);
  } catch (error) {
    if (!(error instanceof SegmentDamaged)) throw error;
    console.error(`custody: ${error.message}`);
    process.exitCode = 1;
  }
}

async function restore(files: readonly string[], flags: Flags): Promise<void> {
  const { restoreSegments } = await import('../../app/restore-segments.js');
  const { SegmentDamaged } = await import('../../records/index.js');
  try {
    const events = await restoreSegments(files, flags.into, ({ file, end }) =>
      console.log(told(file, end.events, end.size, end.root)),
    );
    console.log(`${events} events are in ${flags.into}: custody serve --data ${flags.into} answers from them`);
  } catch (error) {
    if (!(error instanceof SegmentDamaged)) throw error;
    throw errors.invalid('segment-damaged', `nothing was restored: ${error.message}`);
  }
}
