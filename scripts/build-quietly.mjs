// Builds what is needed and says nothing, unless the build fails: then all that it said is shown. When nothing
// has changed since the last time, nothing is built, so that a worker that is started beside a server does not
// take the server's files away while it runs.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

const INPUTS = ['package.json', 'package-lock.json', 'nest-cli.json', '.swcrc', 'tsconfig.json', 'tsconfig.build.json'];
const STAMP = join('dist', '.built-from');

/** Changes with every file that is added, removed or written. */
function fingerprint() {
  const sources = readdirSync('src', { recursive: true }).map((name) => join('src', name));
  const hash = createHash('sha256');
  for (const file of [...INPUTS, ...sources.sort()]) {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found?.isFile()) hash.update(`${file}\0${found.size}\0${found.mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** A server and a worker that are started together build once. The operating system gives the lock back when we die. */
function waitForOthers() {
  const folder = join('node_modules', '.cache');
  mkdirSync(folder, { recursive: true });
  new Database(join(folder, 'custody-build.lock'), { timeout: 300_000 }).exec('BEGIN EXCLUSIVE');
}

waitForOthers();
const wanted = fingerprint();
if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== wanted) {
  const nest = join('node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [nest, 'build'], { encoding: 'utf8' });
  if (status !== 0) {
    process.stderr.write(`${stdout ?? ''}${stderr ?? ''}${error ? `${error.message}\n` : ''}`);
    process.exit(status || 1);
  }
  writeFileSync(STAMP, wanted);
}
