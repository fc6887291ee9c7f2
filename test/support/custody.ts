import { ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const MAIN = resolve('dist/cli/main.js');
/** A killed test run leaves nothing behind; see the file. For everything that tests start, with a channel (`ipc`). */
export const LEASH: readonly string[] = ['--import', pathToFileURL(resolve('test/support/leash.mjs')).href];

// A worker of Jest outlives a run that is killed, and would go on testing for nobody.
const { TEST_RUN_PID: run } = process.env;
setInterval(() => {
  try {
    if (run) process.kill(Number(run), 0);
  } catch {
    process.kill(process.pid, 'SIGKILL');
  }
}, 1000).unref();

export interface FirstStart {
  readonly login: string;
  readonly oneTimePassword: string;
}

/** A temporary data folder. */
export function dataFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'custody-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** One run of the built command line, to its end. */
export function custody(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input = '',
): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, [...LEASH, MAIN, ...args], {
      env: { ...cleanEnv(), ...env },
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    });
    child.stdin!.on('error', () => undefined).end(input);
    let out = '';
    let err = '';
    child.stdout!.on('data', (chunk) => (out += String(chunk)));
    child.stderr!.on('data', (chunk) => (err += String(chunk)));
    child.once('error', reject);
    // 'close', not 'exit': what was printed last may still be under way.
    child.once('close', (code) => done({ code, out, err }));
  });
}

/** The same for whoever starts it in another way. */
export const custodyCommand = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => ({
  argv: [process.execPath, ...LEASH, MAIN, ...args],
  env: { ...cleanEnv(), ...env },
});

/** A server or worker of the built program in a process of its own. */
export class Proc {
  out = '';
  readonly exited: Promise<number | NodeJS.Signals | null>;

  private constructor(readonly child: ChildProcess) {
    child.stdout?.on('data', (chunk) => (this.out += String(chunk)));
    child.stderr?.on('data', (chunk) => (this.out += String(chunk)));
    this.exited = new Promise((done) => child.once('exit', (code, signal) => done(code ?? signal)));
  }

  /** @param wrap what to run it by: a command that execs its arguments */
  static start(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    wrap: readonly string[] = [],
  ): Proc {
    const [program, ...rest] = [...wrap, process.execPath, ...LEASH, MAIN, ...args] as [string, ...string[]];
    return new Proc(
      spawn(program, rest, {
        env: { ...cleanEnv(), ...env },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      }),
    );
  }

  ready<T = { url: string; firstStart?: FirstStart }>(): Promise<T> {
    return new Promise((done, reject) => {
      this.child.once('message', (message) => done(message as T));
      void this.exited.then((code) => reject(new Error(`ended with ${code} before it was ready:\n${this.out}`)));
    });
  }

  kill(): Promise<unknown> {
    this.child.kill('SIGKILL');
    return this.exited;
  }

  stop(): Promise<unknown> {
    if (this.child.exitCode === null) this.child.kill('SIGTERM');
    return this.exited;
  }
}

const cleanEnv = (): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('CUSTODY_') && name !== 'NODE_OPTIONS'),
  );

export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** Plain HTTP with Basic authentication; answers errors instead of throwing them. */
export class Http {
  constructor(
    readonly url: string,
    readonly login?: string,
    readonly password?: string,
  ) {}

  async send<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer<T>> {
    const auth =
      this.login === undefined
        ? {}
        : { authorization: `Basic ${Buffer.from(`${this.login}:${this.password}`).toString('base64')}` };
    const raw = typeof body === 'string' || body instanceof Uint8Array;
    const response = await fetch(this.url + path, {
      method,
      ...(body === undefined ? {} : { body: raw ? (body as string) : JSON.stringify(body) }),
      headers: { ...auth, ...(body === undefined || raw ? {} : { 'content-type': 'application/json' }), ...headers },
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: parse(text) as T };
  }

  get<T = Record<string, unknown>>(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer<T>> {
    return this.send<T>('GET', path, undefined, headers);
  }
  post<T = Record<string, unknown>>(
    path: string,
    body: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer<T>> {
    return this.send<T>('POST', path, body, headers);
  }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** Makes an account with these roles and gives it a password of its own. */
export async function account(admin: Http, login: string, roles: readonly string[]): Promise<Http> {
  const made = await admin.post<{ one_time_password: string }>('/api/v1/users', {
    login,
    display_name: login,
    roles,
    identity_verified: 'known to the test',
    reason: 'a test',
  });
  if (made.status >= 300) throw new Error(`could not make ${login}: ${JSON.stringify(made.body)}`);
  return withPassword(admin.url, login, made.body.one_time_password, `a password of ${login}, long enough`);
}

/** Changes the one-time password, as everyone must before anything else. */
export async function withPassword(url: string, login: string, current: string, chosen: string): Promise<Http> {
  const changed = await new Http(url, login, current).post('/api/v1/users/me/password', { current, new: chosen });
  if (changed.status >= 300)
    throw new Error(`could not change the password of ${login}: ${JSON.stringify(changed.body)}`);
  return new Http(url, login, chosen);
}

/** A server on a fresh folder with an administrator who has a password of their own. */
export async function freshServer(
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  wrap: readonly string[] = [],
) {
  const data = dataFolder();
  const server = Proc.start(['serve', '--port', '0', '--data', data.path, ...args], env, wrap);
  const { url, firstStart } = await server.ready();
  const admin = firstStart
    ? await withPassword(url, firstStart.login, firstStart.oneTimePassword, 'the first password of admin')
    : new Http(url);
  const end = async () => {
    await server.stop();
    data.remove();
  };
  return { data: data.path, server, url, admin, end };
}
