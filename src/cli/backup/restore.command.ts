import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { CutAt } from '../../app/backup/point-in-time.js';
import { fromIso, toIso } from '../../core/index.js';
import { EXIT, WrongUsage } from '../exit-codes.js';
import { ProgressBar } from '../progress-bar.js';
import { askedToStop } from '../signals.js';

const EXAMPLES = `
Examples:
  $ custody restore /backup/custody --data /var/lib/custody-new --keys /safe/custody-keys
  $ custody restore /backup/custody --data /tmp/then --to-checkpoint checkpoint-500000.txt
  $ custody restore /backup/custody --data /tmp/then --to-time 2026-03-01T00:00:00Z

The folder that is restored into must be empty or not there: no log is ever replaced. With --to-… the log ends where
it ended then; it has no checkpoints, and gets an origin of its own: two histories under one name would be a lie.`;

interface Flags {
  readonly data: string;
  readonly keys?: string;
  readonly toCheckpoint?: string;
  readonly toSize?: string;
  readonly toTime?: string;
  readonly json?: boolean;
}

export function registerRestore(program: Command): void {
  program
    .command('restore <backup>')
    .description('make a data folder out of a backup, as it was then or as it was before')
    .requiredOption('--data <folder>', 'the new data folder: empty, or not there yet')
    .option('--keys <folder>', 'the copy of the keys that goes with it')
    .option('--to-checkpoint <file>', 'only the events that this checkpoint is about; their root must be its')
    .option('--to-size <events>', 'only the first so many events')
    .option('--to-time <time>', 'only what had been recorded then (ISO 8601)')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (backup: string, flags: Flags) => {
      process.exitCode = await restoreFrom(resolve(backup), flags);
    });
}

async function restoreFrom(backup: string, flags: Flags): Promise<number> {
  const { restore } = await import('../../app/backup/restore.js');
  const at = await cutAt(flags);
  const abort = new AbortController();
  void askedToStop().then(() => abort.abort());
  const bar = new ProgressBar('restoring', process.stderr);
  const data = resolve(flags.data);
  const started = performance.now();
  try {
    const restored = await restore(backup, data, {
      ...(flags.keys === undefined ? {} : { keys: resolve(flags.keys) }),
      ...(at === undefined ? {} : { at }),
      onProgress: (done, of) => bar.update(done, of),
      signal: abort.signal,
    });
    bar.end();
    const { events, root, keys, manifest } = restored;
    if (flags.json === true) console.log(JSON.stringify(restored));
    else {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(
        `${data}: ${events} of the ${manifest.log.events} events of ${manifest.id}, ${manifest.artifacts.files} artifacts, ${seconds} s`,
      );
      if (root !== undefined) console.log(`root of the log: ${root}`);
    }
    if (!keys) console.error(`put the copy of the keys into ${data}/keys before a server is started on it`);
    return EXIT.ok;
  } catch (error) {
    bar.end();
    if (!abort.signal.aborted) throw error;
    console.error('stopped; nothing was restored');
    return EXIT.unavailable;
  } finally {
    process.disconnect?.();
  }
}

async function cutAt({ toCheckpoint, toSize, toTime }: Flags): Promise<CutAt | undefined> {
  const given = [toCheckpoint, toSize, toTime].filter((each) => each !== undefined);
  if (given.length > 1) throw new WrongUsage('name one of --to-checkpoint, --to-size and --to-time');
  if (toSize !== undefined) {
    if (!/^[1-9]\d{0,14}$/.test(toSize)) throw new WrongUsage('--to-size must be a number of events');
    return { kind: 'size', size: Number(toSize) };
  }
  if (toTime !== undefined) {
    const time = fromIso(toTime);
    if (time === undefined)
      throw new WrongUsage(`--to-time must be a time such as ${toIso(1767603600000000 as never)}`);
    return { kind: 'time', time };
  }
  if (toCheckpoint === undefined) return undefined;
  const { readCheckpoint } = await import('../../app/backup/point-in-time.js');
  return { kind: 'checkpoint', checkpoint: readCheckpoint(toCheckpoint) };
}
