import Database from 'better-sqlite3';
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { serve, signIn } from '../server.mjs';

const START_MS = 120_000;
const STOP_MS = 20_000;

/**
 * The three servers, each with its own folder and started only while it is measured. `open` gives
 * `{ url, headers, stop }`; the data stays for the next `open`.
 */
export const servers = (folder, environment) => [
  custody(join(folder, 'custody')),
  mlflow(join(folder, 'mlflow'), environment),
  fasttrackml(join(folder, 'fasttrackml'), environment),
];

/** In its real mode: accounts, and a token of an analyst in every request. */
function custody(folder) {
  let authorization;
  return {
    name: 'Custody',
    about: () => ({
      version: JSON.parse(readFileSync('package.json', 'utf8')).version,
      processes: 'one, and a thread',
      authentication: 'bearer token',
      ...journal(join(folder, 'log.db')),
      synchronous: 'FULL (acknowledged when on disk)',
    }),
    async open() {
      const flags = (process.env.BENCH_NODE_FLAGS ?? '').split(' ').filter(Boolean);
      const { ready, stop } = await serve(folder, { execArgv: flags });
      authorization ??= await signIn(ready);
      return { url: ready.url, headers: { authorization }, stop };
    },
  };
}

function mlflow(folder, { bin, versions, pythonSynchronous }) {
  const file = join(folder, 'mlflow.db');
  return {
    name: 'MLflow',
    about: () => ({
      version: versions.mlflow,
      processes: '4 workers (its default)',
      authentication: 'none',
      ...journal(file),
      synchronous: `${pythonSynchronous} (SQLite's default)`,
    }),
    open: (port) =>
      launch(folder, port, bin('mlflow'), [
        'server',
        ...['--host', '127.0.0.1', '--port', String(port)],
        ...['--backend-store-uri', `sqlite:///${file}`],
        ...['--artifacts-destination', join(folder, 'artifacts')],
      ]),
  };
}

function fasttrackml(folder, { bin, versions }) {
  const file = join(folder, 'fasttrackml.db');
  return {
    name: 'FastTrackML',
    about: () => ({
      version: versions.fasttrackml,
      processes: 'one, threads of Go',
      authentication: 'none',
      ...journal(file),
      // Its driver, mattn/go-sqlite3, sets NORMAL on every connection that does not ask for something else.
      synchronous: 'NORMAL (may lose acknowledged writes with the power)',
    }),
    open: (port) =>
      launch(folder, port, bin('fml'), [
        'server',
        ...['--listen-address', `127.0.0.1:${port}`, '--log-level', 'error'],
        ...['--database-uri', `sqlite://${file}`, '--default-artifact-root', join(folder, 'artifacts')],
      ]),
  };
}

function journal(file) {
  const db = new Database(file, { readonly: true });
  try {
    return { journal: db.pragma('journal_mode', { simple: true }) };
  } finally {
    db.close();
  }
}

/** In a process group of its own, so that no worker outlives it. */
async function launch(folder, port, file, args) {
  mkdirSync(folder, { recursive: true });
  const output = join(folder, 'output.txt');
  const log = openSync(output, 'a');
  const child = spawn(file, args, {
    cwd: folder,
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, DO_NOT_TRACK: 'true', MLFLOW_DISABLE_TELEMETRY: 'true' },
  });
  closeSync(log);
  let over = false;
  const gone = new Promise((resolve) => child.once('exit', resolve).once('error', resolve)).then(() => (over = true));
  const stop = () => end(child.pid, gone);
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + START_MS;
  while (!(await answers(url))) {
    if (over || Date.now() > deadline) {
      await stop();
      throw new Error(`${file} did not start:\n${readFileSync(output, 'utf8').slice(-2000)}`);
    }
    await wait(200);
  }
  return { url, headers: {}, stop };
}

async function end(pid, gone) {
  signal(pid, 'SIGTERM');
  await Promise.race([gone, wait(STOP_MS)]);
  signal(pid, 'SIGKILL');
  await gone;
}

function signal(pid, name) {
  try {
    if (pid !== undefined) process.kill(-pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms).unref());
const answers = (url) =>
  fetch(`${url}/health`).then(
    (response) => response.ok,
    () => false,
  );

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
