import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { reasonOf, UnusablePath } from '../../app/data-folder.js';
import { readSettings, Settings } from '../../app/config/settings.js';
import { CustodyError, errors } from '../../core/index.js';
import { EXIT } from '../exit-codes.js';
import { settingFlags, texts } from '../flags.js';
import { assembleTeam, noteFirstStart } from './accounts.js';
import { HttpFailure } from './client.js';
import { bold, dim, line, say } from './print.js';
import { CustodyProcess, freePort, NotStarted } from './processes.js';
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
      process.exitCode = await demo(settings, await readData(dataFile), exit === true);
    });
}

async function readData(file: string | undefined): Promise<Data> {
  const { LIMS_COLUMNS, limsCsv, requireCsv } = await import('../../training/index.js');
  if (file === undefined) return { bytes: Buffer.from(limsCsv()), name: 'LIMS_Synthetic_v1', source: 'generator' };
  const bytes = readInput(file);
  const source = basename(file);
  try {
    // The server checks it again; looking first leaves nothing behind that can't be trained on.
    requireCsv(bytes, LIMS_COLUMNS);
  } catch (error) {
    if (error instanceof CustodyError) throw errors.invalid(error.code, `${source}: ${error.message}`, error.field);
    throw error;
  }
  return { bytes, name: source.replace(/\.csv$/i, ''), source };
}

function readInput(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UnusablePath(`the data file ${file} can't be read: ${reasonOf(error)}`);
  }
}

async function demo(settings: Settings, data: Data, exit: boolean): Promise<number> {
  const processes: CustodyProcess[] = [];
  const stopAll = async () => {
    for (const each of processes.splice(0).reverse()) await each.stop();
  };
  const abort = new AbortController();
  const interrupted = new Promise<'interrupted'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve('interrupted'));
    // Nobody reads on (`demo | head`): as if they had pressed Ctrl-C.
    process.stdout.once('error', () => resolve('interrupted'));
  });
  const played = play(settings, data, { processes, signal: abort.signal });
  try {
    const ended = await Promise.race([played, interrupted]);
    if (ended === 'interrupted') return stopping();
    if (exit) return EXIT.ok;
    stayOn(ended, settings);
    const why = await Promise.race([
      interrupted,
      ...processes.map(async (each) => `the ${each.name} ended by itself with status ${await each.exited}`),
    ]);
    if (why === 'interrupted') return stopping();
    console.log(`\n${why}`);
    return EXIT.unavailable;
  } catch (error) {
    return explainFailure(error);
  } finally {
    // The story may be just about to start another process: it is told not to, heard out, and then cleared up after.
    abort.abort();
    await stopAll();
    await played.catch(() => undefined);
    await stopAll();
  }
}

function stopping(): number {
  console.log('\nstopping');
  return EXIT.ok;
}

function stayOn(url: string, { data }: Settings): void {
  console.log(`\n   Still running at ${bold(url)}   (API: ${url}/api/docs)`);
  say(dim(`accounts and passwords of the demo: ${join(data, 'demo-accounts.json')}`));
  say(dim('Ctrl-C stops the server and the worker; the next run adds to this history'));
}

interface Stage {
  readonly processes: CustodyProcess[];
  readonly signal: AbortSignal;
}

async function play(settings: Settings, data: Data, stage: Stage): Promise<string> {
  const port = await freePort(settings.port, settings.host);
  console.log(bold('Custody: a laboratory’s story'));
  if (port !== settings.port)
    say(`port ${settings.port} is taken; taking ${port === 0 ? 'any free one' : port} instead`);
  const common = ['--data', settings.data];
  const start = async (name: string, args: readonly string[]) => {
    stage.signal.throwIfAborted();
    const started = CustodyProcess.start(name, [...args, ...common], settings.ledger);
    stage.processes.push(started);
    const ready = await started.ready();
    // Before anything else, and also when we are about to stop: this password is told only now.
    if (ready.firstStart) noteFirstStart(settings.data, ready.firstStart);
    stage.signal.throwIfAborted();
    return ready;
  };
  const { url } = await start('server', ['serve', '--port', String(port), '--host', settings.host]);
  const assembled = assembleTeam(url, settings.data, stage.signal);
  const [{ team, made }] = await Promise.all([assembled, start('worker', ['worker'])]);
  stage.signal.throwIfAborted();
  line('server', url);
  line('everything is kept in', settings.data);
  line(
    'people',
    `analyst, reviewer, auditor ${made ? '(made just now)' : '(from the run before; this one adds to its history)'}`,
  );
  await playStory(team, data);
  return url;
}

function explainFailure(error: unknown): number {
  if (error instanceof HttpFailure) {
    const refused = error.status === 400 || error.status === 422;
    console.error(`\ncustody: ${refused ? error.detail : error.message}`);
    return error.status >= 500 ? EXIT.unavailable : EXIT.data;
  }
  if (error instanceof CustodyError) {
    console.error(`\ncustody: ${error.message}`);
    return EXIT.data;
  }
  if (error instanceof NotStarted) {
    console.error(`\ncustody: ${error.message}`);
    return error.status || EXIT.software;
  }
  throw error;
}
