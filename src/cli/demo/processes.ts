import { ChildProcess, fork } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { ReadyMessage } from '../serve.command.js';

const MAIN = fileURLToPath(new URL('../main.js', import.meta.url));

/** The first free port from `wanted` on. */
export async function freePort(wanted: number, host: string): Promise<number> {
  for (let port = wanted; port < wanted + 100; port++) if (await isFree(port, host)) return port;
  return 0;
}

const isFree = (port: number, host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });

/** It ended before it was ready; `status` is what it told the shell. */
export class NotStarted extends Error {
  override readonly name = 'NotStarted';
  constructor(
    message: string,
    readonly status: number | null,
  ) {
    super(message);
  }
}

/** What `custody` printed as the reason, else all that it printed last. */
const said = (output: string): string =>
  output
    .trim()
    .split(/^custody: /m)
    .at(-1) || 'it printed nothing';

/** A server or worker in a process of its own, which ends with us or before. */
export class CustodyProcess {
  private tail = '';
  private over = false;
  readonly exited: Promise<number | null>;

  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
  ) {
    const keep = (chunk: Buffer) => (this.tail = (this.tail + chunk.toString()).slice(-4000));
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    this.exited = new Promise((resolve) =>
      child.once('exit', (code) => {
        this.over = true;
        resolve(code);
      }),
    );
  }

  static start(name: string, args: readonly string[], ledger: string): CustodyProcess {
    // The log's address may hold a password, so it travels in the environment, not on the command line.
    const env = { ...process.env, CUSTODY_LEDGER: ledger };
    // Detached from the terminal's Ctrl-C: the demo stops its processes itself, in order.
    const child = fork(MAIN, [...args, '--log-level', 'warn'], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
      env,
    });
    return new CustodyProcess(name, child);
  }

  ready(): Promise<ReadyMessage> {
    return new Promise((resolve, reject) => {
      this.child.once('message', (message) => resolve(message as ReadyMessage));
      void this.exited.then((code) =>
        reject(new NotStarted(`the ${this.name} did not start: ${said(this.tail)}`, code)),
      );
    });
  }

  /** What it printed last, for when something went wrong. */
  get output(): string {
    return this.tail;
  }

  async stop(): Promise<void> {
    if (this.over) return;
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 15_000);
    await this.exited;
    clearTimeout(timer);
  }
}
