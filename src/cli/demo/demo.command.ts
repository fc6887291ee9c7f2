import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { readSettings, Settings } from '../../app/config/settings.js';
import { CustodyError } from '../../core/index.js';
import { limsCsv } from '../../training/index.js';
import { EXIT } from '../exit-codes.js';
import { settingFlags, texts } from '../flags.js';
import { assembleTeam } from './accounts.js';
import { HttpFailure } from './client.js';
import { bold, dim, line, say } from './print.js';
import { CustodyProcess, freePort } from './processes.js';
import { Data, playStory } from './story.js';

interface DemoFlags extends Record<string, string | boolean | undefined> {
  exit?: boolean;
  dataFile?: string;
}

export function registerDemo(program: Command): void {
  settingFlags(program.command('demo'), ['port', 'data', 'ledger'])
    .description('play a laboratory’s whole story through a real server and a real worker')
    .option('--data-file <file.csv>', 'samples of your own, with the columns of the story')
    .option('--exit', 'stop everything at the end instead of leaving it running')
    .action(async ({ exit, dataFile, ...flags }: DemoFlags) => {
      const given = texts(flags);
      const settings = readSettings(process.env, {
        ...given,
        data: given.data ?? process.env['CUSTODY_DATA'] ?? join('custody-data', 'demo'),
      });
      process.exitCode = await demo(settings, readData(dataFile), exit === true);
    });
}

function readData(file: string | undefined): Data {
  if (file !== undefined)
    return { bytes: readFileSync(file), name: basename(file).replace(/\.csv$/i, ''), source: basename(file) };
  return { bytes: Buffer.from(limsCsv()), name: 'LIMS_Synthetic_v1', source: 'generator' };
}

async function demo(settings: Settings, data: Data, exit: boolean): Promise<number> {
  const processes: CustodyProcess[] = [];
  const stopAll = async () => {
    for (const each of processes.splice(0).reverse()) await each.stop();
  };
  const interrupted = new Promise<'interrupted'>((resolve) => {
    process.once('SIGINT', () => resolve('interrupted'));
    process.once('SIGTERM', () => resolve('interrupted'));
  });
  try {
    const played = play(settings, data, processes);
    const ended = await Promise.race([played, interrupted]);
    if (ended === 'interrupted') {
      console.log('\nstopping');
      played.catch(() => undefined);
      return EXIT.ok;
    }
    if (exit) return EXIT.ok;
    console.log(`\n   Still running at ${bold(ended)}   (API: ${ended}/api/docs)`);
    say(dim(`accounts and passwords of the demo: ${join(settings.data, 'demo-accounts.json')}`));
    say(dim('Ctrl-C stops the server and the worker; the next run adds to this history'));
    const why = await Promise.race([
      interrupted,
      ...processes.map(async (each) => `the ${each.name} ended by itself with status ${await each.exited}`),
    ]);
    console.log(why === 'interrupted' ? '\nstopping' : `\n${why}`);
    return why === 'interrupted' ? EXIT.ok : EXIT.unavailable;
  } catch (error) {
    return explainFailure(error);
  } finally {
    await stopAll();
  }
}

async function play(settings: Settings, data: Data, processes: CustodyProcess[]): Promise<string> {
  const port = await freePort(settings.port, settings.host);
  console.log(bold('Custody: a laboratory’s story'));
  if (port !== settings.port)
    say(`port ${settings.port} is taken; taking ${port === 0 ? 'any free one' : port} instead`);
  const common = ['--data', settings.data];
  const server = CustodyProcess.start(
    'server',
    ['serve', '--port', String(port), '--host', settings.host, ...common],
    settings.ledger,
  );
  processes.push(server);
  const { url, firstStart } = await server.ready();
  const worker = CustodyProcess.start('worker', ['worker', ...common], settings.ledger);
  processes.push(worker);
  await worker.ready();
  line('server', url);
  line('everything is kept in', settings.data);
  const { team, made } = await assembleTeam(url, settings.data, firstStart);
  line(
    'people',
    `analyst, reviewer, auditor ${made ? '(made just now)' : '(from the run before; this one adds to its history)'}`,
  );
  await playStory(team, data);
  return url;
}

function explainFailure(error: unknown): number {
  if (error instanceof HttpFailure) {
    console.error(`\ncustody: ${error.message}`);
    return error.status >= 500 ? EXIT.unavailable : EXIT.data;
  }
  if (error instanceof CustodyError) {
    console.error(`\ncustody: ${error.message}`);
    return EXIT.data;
  }
  throw error;
}
