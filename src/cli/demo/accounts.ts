import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FirstStart } from '../../app/bootstrap.js';
import { errors, Role } from '../../core/index.js';
import { Client, HttpFailure } from './client.js';

export interface Team {
  readonly admin: Client;
  readonly analyst: Client;
  readonly reviewer: Client;
  readonly auditor: Client;
}

const ADMIN = 'admin';
const PEOPLE = [
  { key: 'analyst', login: 'senior.ds.lead', name: 'Senior DS Lead', role: 'analyst' },
  { key: 'reviewer', login: 'clinical.director', name: 'Clinical Director', role: 'reviewer' },
  { key: 'auditor', login: 'quality.auditor', name: 'Quality Auditor', role: 'auditor' },
] as const satisfies readonly { key: keyof Team; login: string; name: string; role: Role }[];

interface Kept {
  readonly password: string;
  /** The password works once, to choose this one; whether that has happened an interrupted run can't know. */
  readonly choosing?: string;
}

/**
 * The demo's accounts, in a file beside its log that is written before each step: an interrupted run can
 * be taken up where it was, and the next one signs the same people in again.
 */
class Accounts {
  private readonly file: string;
  private kept: Record<string, Kept>;

  constructor(
    private readonly data: string,
    private readonly url = '',
    private readonly signal?: AbortSignal,
  ) {
    this.file = join(data, 'demo-accounts.json');
    this.kept = existsSync(this.file) ? (JSON.parse(readFileSync(this.file, 'utf8')) as Record<string, Kept>) : {};
  }

  knows(login: string): boolean {
    return this.kept[login] !== undefined;
  }

  keep(login: string, kept: Kept): void {
    this.kept = { ...this.kept, [login]: kept };
    writeFileSync(`${this.file}.new`, JSON.stringify(this.kept, undefined, 2), { mode: 0o600 });
    renameSync(`${this.file}.new`, this.file);
  }

  oneTime(login: string, password: string): void {
    this.keep(login, { password, choosing: randomBytes(18).toString('base64url') });
  }

  /** Everyone changes the one-time password: nobody but the person ever holds one that works. */
  async signIn(login: string): Promise<Client> {
    const { password, choosing } = this.kept[login] ?? this.unknown();
    if (choosing === undefined) return new Client(this.url, login, password, this.signal);
    const client = new Client(this.url, login, choosing, this.signal);
    try {
      await new Client(this.url, login, password, this.signal).post('/api/v1/users/me/password', {
        current: password,
        new: choosing,
      });
    } catch (error) {
      // Refused when an interrupted run has done it already; then the chosen one works.
      if (!(error instanceof HttpFailure) || !(await works(client))) throw error;
    }
    this.keep(login, { password: choosing });
    return client;
  }

  private unknown(): never {
    const message = `${this.data} holds a log that the demo did not make, and whose accounts it does not know; give it a folder of its own with --data, or remove this one to begin anew`;
    throw errors.state('not-a-demo-log', message);
  }
}

const works = (client: Client): Promise<boolean> =>
  client.get('/api/v1/users/me').then(
    () => true,
    () => false,
  );

/** The administrator's one-time password, which the server tells once. */
export function noteFirstStart(data: string, { login, oneTimePassword }: FirstStart): void {
  new Accounts(data).oneTime(login, oneTimePassword);
}

/** The administrator of the first start makes the other three. `made`: at least one of them just now. */
export async function assembleTeam(
  url: string,
  data: string,
  signal: AbortSignal,
): Promise<{ team: Team; made: boolean }> {
  const accounts = new Accounts(data, url, signal);
  const admin = await accounts.signIn(ADMIN);
  let made = false;
  for (const person of PEOPLE) {
    if (accounts.knows(person.login)) continue;
    accounts.oneTime(person.login, await makeAccount(admin, person));
    made = true;
  }
  const [analyst, reviewer, auditor] = await Promise.all(PEOPLE.map(({ login }) => accounts.signIn(login)));
  return { team: { admin, analyst: analyst!, reviewer: reviewer!, auditor: auditor! }, made };
}

/** Answers a one-time password; for an account that an interrupted run made and did not note, a new one. */
async function makeAccount(admin: Client, { login, name, role }: (typeof PEOPLE)[number]): Promise<string> {
  const reason = 'demo: a member of the laboratory';
  const { users } = await admin.get<{ users: readonly { user_id: string; login: string }[] }>('/api/v1/users', {
    max_results: 1000,
  });
  const there = users.find((user) => user.login === login);
  const answer = there
    ? await admin.post<{ one_time_password: string }>(`/api/v1/users/${there.user_id}/password`, {}, reason)
    : await admin.post<{ one_time_password: string }>(
        '/api/v1/users',
        {
          login,
          display_name: name,
          roles: [role],
          identity_verified: 'a member of the demo, known to who runs it',
          reason: 'plays the story',
        },
        reason,
      );
  return answer.one_time_password;
}
