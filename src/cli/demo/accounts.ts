import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FirstStart } from '../../app/bootstrap.js';
import { errors, Role } from '../../core/index.js';
import { Client } from './client.js';

export interface Team {
  readonly admin: Client;
  readonly analyst: Client;
  readonly reviewer: Client;
  readonly auditor: Client;
}

type Passwords = Readonly<Record<string, string>>;

const PEOPLE = [
  { key: 'analyst', login: 'senior.ds.lead', name: 'Senior DS Lead', role: 'analyst' },
  { key: 'reviewer', login: 'clinical.director', name: 'Clinical Director', role: 'reviewer' },
  { key: 'auditor', login: 'quality.auditor', name: 'Quality Auditor', role: 'auditor' },
] as const satisfies readonly { key: keyof Team; login: string; name: string; role: Role }[];

/** Made at the demo's first run; the second one signs the same people in again, with the passwords kept here. */
const fileIn = (data: string) => join(data, 'demo-accounts.json');

/**
 * The administrator of the first start changes the one-time password and makes the other three, who
 * change theirs: nobody but the person ever holds a password that works.
 */
export async function assembleTeam(
  url: string,
  data: string,
  firstStart: FirstStart | undefined,
): Promise<{ team: Team; made: boolean }> {
  const file = fileIn(data);
  if (firstStart) {
    const passwords = await makeAccounts(url, firstStart);
    writeFileSync(file, JSON.stringify(passwords, undefined, 2), { mode: 0o600 });
    return { team: teamOf(url, passwords), made: true };
  }
  if (!existsSync(file)) {
    throw errors.state(
      'not-a-demo-log',
      `${data} holds a log that the demo did not make, and whose accounts it does not know; give it a folder of its own with --data`,
    );
  }
  return { team: teamOf(url, JSON.parse(readFileSync(file, 'utf8')) as Passwords), made: false };
}

async function makeAccounts(url: string, { login, oneTimePassword }: FirstStart): Promise<Passwords> {
  const passwords: Record<string, string> = { [login]: await choosePassword(url, login, oneTimePassword) };
  const admin = new Client(url, login, passwords[login]!);
  for (const { login: person, name, role } of PEOPLE) {
    const made = await admin.post<{ one_time_password: string }>(
      '/api/v1/users',
      { login: person, display_name: name, roles: [role] },
      'demo: a member of the laboratory',
    );
    passwords[person] = await choosePassword(url, person, made.one_time_password);
  }
  return passwords;
}

async function choosePassword(url: string, login: string, oneTime: string): Promise<string> {
  const chosen = randomBytes(18).toString('base64url');
  await new Client(url, login, oneTime).post('/api/v1/users/me/password', { current: oneTime, new: chosen });
  return chosen;
}

function teamOf(url: string, passwords: Passwords): Team {
  const client = (login: string) => new Client(url, login, passwords[login]!);
  return {
    admin: client('admin'),
    ...(Object.fromEntries(PEOPLE.map(({ key, login }) => [key, client(login)])) as Omit<Team, 'admin'>),
  };
}
