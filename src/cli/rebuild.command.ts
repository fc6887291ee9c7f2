import type { Command } from 'commander';
import { readSettings, Settings } from '../app/config/settings.js';
import { EXIT } from './exit-codes.js';
import { settingFlags, texts } from './flags.js';
import { ProgressBar } from './progress-bar.js';
import { askedToStop } from './signals.js';

export function registerRebuild(program: Command): void {
  settingFlags(program.command('rebuild'), ['data', 'ledger'])
    .description('drop all read models and build them anew from the log (the server must be stopped)')
    .option('--json', 'print the result as JSON')
    .action(async ({ json, ...flags }: Record<string, string | boolean | undefined>) => {
      process.exitCode = await rebuild(readSettings(process.env, texts(flags)), json === true);
    });
}

async function rebuild(settings: Settings, json: boolean): Promise<number> {
  const abort = new AbortController();
  void askedToStop().then(() => abort.abort());
  const bar = new ProgressBar('rebuilding', process.stderr);
  try {
    const { rebuildReadModels } = await import('../app/rebuild.js');
    const result = await rebuildReadModels(settings, (done, of) => bar.update(done, of), abort.signal);
    bar.end();
    const rate = Math.round(result.events / result.seconds);
    console.log(
      json
        ? JSON.stringify({ ...result, events_per_second: rate })
        : `rebuilt from ${result.events} events in ${result.seconds.toFixed(1)} s (${rate} events/s)`,
    );
    return EXIT.ok;
  } catch (error) {
    bar.end();
    if (!abort.signal.aborted) throw error;
    console.error('stopped; the read models are as they were');
    return EXIT.unavailable;
  } finally {
    process.disconnect?.();
  }
}
