import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * What is measured against. FastTrackML's wheel carries one static binary; its declared wish for an MLflow
 * below 3 concerns the Python client beside it, so it goes in without dependencies, next to the current MLflow.
 */
const WANTED = {
  mlflow: process.env.BENCH_MLFLOW ?? 'mlflow==3.17.2',
  fasttrackml: process.env.BENCH_FASTTRACKML ?? 'fasttrackml==0.6.0',
};

/** A virtual environment with both servers; made once, and anew when other versions are wanted. */
export function peersEnvironment(progress) {
  const folder = resolve('.bench-peers');
  const bin = (name) => join(folder, 'venv', 'bin', name);
  const stamp = join(folder, 'installed.json');
  const wanted = JSON.stringify(WANTED);
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    mkdirSync(folder, { recursive: true });
    const run = (file, ...args) => execFileSync(file, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    progress(`installing ${Object.values(WANTED).join(' and ')} into .bench-peers (once)`);
    run(process.env.BENCH_PYTHON ?? 'python3', '-m', 'venv', '--clear', join(folder, 'venv'));
    run(bin('pip'), 'install', '--quiet', WANTED.mlflow);
    run(bin('pip'), 'install', '--quiet', '--no-deps', WANTED.fasttrackml);
    writeFileSync(stamp, wanted);
  }
  const say = (file, ...args) => execFileSync(file, args, { encoding: 'utf8' }).trim();
  return {
    bin,
    versions: {
      mlflow: say(bin('python'), '-c', 'from importlib.metadata import version; print(version("mlflow"))'),
      fasttrackml: say(bin('fml'), '--version').split(' ').at(-1),
    },
    /** What the SQLite that MLflow uses does unless it is told otherwise, and MLflow does not tell it. */
    pythonSynchronous: ['OFF', 'NORMAL', 'FULL', 'EXTRA'][
      Number(
        say(
          bin('python'),
          '-c',
          'import sqlite3; print(sqlite3.connect(":memory:").execute("PRAGMA synchronous").fetchone()[0])',
        ),
      )
    ],
  };
}
