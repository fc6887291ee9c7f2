import type { Command } from 'commander';
import { readSettings, Settings } from '../app/config/settings.js';
import { EXIT } from './exit-codes.js';
import { texts, workerFlags } from './flags.js';
import { askedToStop, endWithin } from './signals.js';

export function registerWorker(program: Command): void {
  workerFlags(program.command('worker'))
    .description('start a training worker: takes jobs from the log, trains, records what it did')
    .action(async (flags: Record<string, string | boolean | undefined>) => {
      process.exitCode = await work(readSettings(process.env, texts(flags)));
    });
}

async function work(settings: Settings): Promise<number> {
  const stop = askedToStop();
  const { startWorker } = await import('../app/worker.js');
  const worker = await startWorker(settings);
  console.log(`worker ready on ${worker.ledger}`);
  process.send?.({ kind: 'ready' });
  const ended = await Promise.race([stop, worker.ended]);
  console.log(`stopping (${ended}): giving back the jobs under way`);
  endWithin(settings.shutdownMs);
  await worker.stop();
  console.log('stopped');
  process.disconnect?.();
  return EXIT.ok;
}
