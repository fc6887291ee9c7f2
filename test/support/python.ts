import { ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe } from '@jest/globals';
import { account, freshServer, Http } from './custody.js';

export const PYTHON = resolve(process.env['CUSTODY_TEST_PYTHON'] ?? '.venv/bin/python');

// In CI the environment must be there; on a developer's machine without it the suite says that it was skipped.
export const withPython = process.env['CI'] || existsSync(PYTHON) ? describe : describe.skip;

/** A server with an analyst, who plays the scripts, and a reviewer, who lets versions into Production. */
export async function clientServer() {
  const custody = await freshServer();
  const [analyst, reviewer, auditor] = await Promise.all([
    account(custody.admin, 'ana.lyst', ['analyst']),
    account(custody.admin, 're.viewer', ['reviewer']),
    account(custody.admin, 'audi.tor', ['auditor']),
  ]);
  const scripts: Script[] = [];
  const script = (name: string): Script => {
    const started = new Script(name, custody, analyst, reviewer);
    scripts.push(started);
    return started;
  };
  const end = async () => {
    // One that a test has given up on would go on trying for minutes.
    for (const { child } of scripts) child.kill('SIGKILL');
    await custody.end();
  };
  return { ...custody, analyst, reviewer, auditor, script, end };
}

/** One script of `test/clients/python`, under an unmodified client that knows nothing but address and password. */
export class Script {
  out = '';
  err = '';
  readonly child: ChildProcess;
  private readonly exited: Promise<number | NodeJS.Signals | null>;

  constructor(
    private readonly name: string,
    { url, data }: { readonly url: string; readonly data: string },
    analyst: Http,
    reviewer: Http,
  ) {
    const env = {
      PATH: process.env['PATH'],
      HOME: data,
      PYTHONDONTWRITEBYTECODE: '1',
      MLFLOW_TRACKING_URI: url,
      MLFLOW_TRACKING_USERNAME: analyst.login,
      MLFLOW_TRACKING_PASSWORD: analyst.password,
      CUSTODY_TEST_REVIEWER: reviewer.login,
      CUSTODY_TEST_REVIEWER_PASSWORD: reviewer.password,
      MLFLOW_DISABLE_TELEMETRY: 'true',
      GIT_PYTHON_REFRESH: 'quiet',
    };
    const args = ['-W', 'ignore', resolve('test/clients/python', `${name}.py`)];
    this.child = spawn(PYTHON, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stdout!.on('data', (chunk) => (this.out += String(chunk)));
    this.child.stderr!.on('data', (chunk) => (this.err += String(chunk)));
    this.exited = new Promise((done, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code, signal) => done(code ?? signal));
    });
  }

  /** Waits until the script has said this line. */
  async says(line: string): Promise<void> {
    const said = new Promise<boolean>((done) => {
      const look = () => this.out.split('\n').includes(line) && done(true);
      this.child.stdout!.on('data', look);
      look();
    });
    if (!(await Promise.race([said, this.exited.then(() => false)]))) throw this.failure(`ended before "${line}"`);
  }

  /** Its end; a failed assertion comes with Python's own traceback. */
  async passed(): Promise<string> {
    const code = await this.exited;
    if (code !== 0) throw this.failure(`ended with ${code}`);
    return this.out;
  }

  private failure(what: string): Error {
    const error = new Error(`${this.name}.py ${what}\n${this.err.slice(-6000)}\n${this.out.slice(-1000)}`);
    // Where the script was started says nothing; what Python says does.
    delete error.stack;
    return error;
  }
}
