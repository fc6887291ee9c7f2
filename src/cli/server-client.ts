import { Command, Option } from 'commander';
import { errors } from '../core/index.js';
import { sessionWith } from './code-session.js';
import { basic, Credentials, credentialsOf } from './credentials.js';
import { WrongUsage } from './exit-codes.js';

/** The options of a command that talks to a running server. */
export type ServerOptions = Readonly<Record<string, unknown>>;

const CREDENTIALS_HELP = `
Who you are is taken from CUSTODY_TOKEN, or from CUSTODY_USERNAME and CUSTODY_PASSWORD, or from MLflow's
MLFLOW_TRACKING_TOKEN, MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD. With a name and no password,
the password is asked for. A password is never an argument: others could read it in the process list.`;

/** Adds the options; use `ServerClient.of` with what the action gets. */
export function serverOptions(command: Command): Command {
  return command
    .addOption(new Option('--url <url>', 'the server').env('CUSTODY_URL').default('http://127.0.0.1:5000'))
    .option('--username <login>', 'sign in as this account; its password is asked for')
    .option('--password-stdin', 'read the password from the first line of standard input')
    .option('--code <code>', 'the one-time code of your second factor, or a recovery code')
    .addHelpText('after', CREDENTIALS_HELP);
}

/** The same for a command that can also answer a program. */
export const jsonCommand = (command: Command): Command =>
  serverOptions(command.option('--json', 'one JSON object a line'));

/** JSON over HTTP to one server, as one account. What goes wrong comes back as a sentence for a person. */
export class ServerClient {
  private constructor(
    private readonly url: string,
    private readonly credentials: Credentials,
  ) {}

  /** @throws WrongUsage when the address is none, or when a password is missing and nobody can be asked */
  static async of(options: ServerOptions): Promise<ServerClient> {
    return ServerClient.with(options, await credentialsOf(options));
  }

  static signedIn(options: ServerOptions, login: string, password: string): Promise<ServerClient> {
    return ServerClient.with(options, basic(login, password));
  }

  private static async with(options: ServerOptions, credentials: Credentials): Promise<ServerClient> {
    const url = serverAddress(String(options['url']));
    const code = options['code'] as string | undefined;
    if (code === undefined) return new ServerClient(url, credentials);
    const { signIn, refused } = credentials;
    if (!signIn) throw new WrongUsage('--code stands beside a password: name the account with --username');
    return new ServerClient(url, await sessionWith(code, url, signIn, refused));
  }

  get<T>(path: string, query: URLSearchParams = new URLSearchParams()): Promise<T> {
    return this.send('GET', query.size > 0 ? `${path}?${query.toString()}` : path);
  }

  post<T>(path: string, body: object, reason?: string): Promise<T> {
    return this.send('POST', path, { body, reason });
  }

  delete<T>(path: string, reason?: string): Promise<T> {
    return this.send('DELETE', path, { reason });
  }

  /** An answer that is no JSON, as it is. */
  async text(path: string): Promise<string> {
    const response = await this.fetch(path, { headers: this.credentials.header });
    if (response.ok) return response.text();
    throw this.refused(response, (await response.json().catch(() => undefined)) as Refusal | undefined);
  }

  private async send<T>(method: string, path: string, { body, reason }: Sent = {}): Promise<T> {
    const headers = {
      ...this.credentials.header,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      // A header carries bytes: UTF-8, as the server reads it.
      ...(reason === undefined ? {} : { 'x-custody-reason': Buffer.from(reason).toString('latin1') }),
    };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await this.fetch(path, init);
    const answer = (await response.json().catch(() => undefined)) as (T & Refusal) | undefined;
    if (response.ok && answer !== undefined) return answer;
    throw this.refused(response, answer);
  }

  private fetch(path: string, init: RequestInit): Promise<Response> {
    return fetch(this.url + path, init).catch((cause: unknown) => {
      throw errors.unavailable('no-server', this.away(cause));
    });
  }

  private away(cause: unknown): string {
    const { message, cause: inner } = cause as Error & { cause?: Error };
    const way = 'start one with custody serve, or name another with --url (CUSTODY_URL)';
    return `no server answers at ${this.url}: ${way} (${inner?.message || message})`;
  }

  private refused({ status, ok }: Response, answer: Refusal | undefined): Error {
    if (ok || answer === undefined)
      return errors.unavailable('no-custody', `what answers at ${this.url} is not Custody (status ${status})`);
    const { code = 'refused', detail = `the server answered ${status}` } = answer;
    if (status === 401) return errors.unauthenticated('not-signed-in', this.credentials.refused);
    return status >= 500 ? errors.unavailable(code, detail) : errors.invalid(code, detail);
  }
}

interface Sent {
  readonly body?: object;
  readonly reason?: string;
}

interface Refusal {
  readonly code?: string;
  readonly detail?: string;
}

function serverAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new WrongUsage(
      `--url (CUSTODY_URL) must be an address such as http://127.0.0.1:5000, not ${JSON.stringify(text)}`,
    );
  }
  if (url.username || url.password)
    throw new WrongUsage('--url (CUSTODY_URL) must not hold a password: use CUSTODY_USERNAME and CUSTODY_PASSWORD');
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
