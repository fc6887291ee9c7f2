import type { Command } from 'commander';
import { ServerClient, ServerOptions, jsonCommand } from '../server-client.js';
import { printList, time } from '../output.js';
import { userIdOf } from './wire.js';

const EXAMPLES = `
Examples:
  $ custody session list                       # where you are signed in
  $ custody session list --user ana.lyst       # for administrators
  $ custody session revoke s-01890a5d-ac96-774b-bcce-b302099a8058 --reason "left a screen unattended"`;

/** `custody session …`: who is signed in with a browser, over HTTP. */
export function registerSession(program: Command): void {
  const session = program
    .command('session')
    .description('list and end the browser sessions of a running server')
    .addHelpText('after', EXAMPLES);
  jsonCommand(session.command('list'))
    .description('sessions that go on, with where your own are used from')
    .option('--user <user>', 'another account (login or id); yourself by default')
    .action(list);
  jsonCommand(session.command('revoke <session-id>'))
    .description('end a session at once')
    .option('--reason <text>', 'why; it is recorded with the change')
    .action(revoke);
}

type Flags = ServerOptions & { readonly json?: boolean; readonly user?: string; readonly reason?: string };

interface WireSession {
  readonly session_id: string;
  readonly how: string;
  readonly started_at: string;
  readonly last_used_at: string;
  readonly expires_at: string;
  readonly current: boolean;
  readonly client?: { readonly ip?: string; readonly user_agent?: string };
}

async function list(flags: Flags): Promise<void> {
  const client = await ServerClient.of(flags);
  const query = new URLSearchParams();
  if (flags.user !== undefined) query.set('user_id', await userIdOf(client, flags.user));
  const { sessions } = await client.get<{ sessions: readonly WireSession[] }>('/api/v1/sessions', query);
  printList(sessions, {
    json: flags.json === true,
    head: ['id', 'signed in by', 'since (UTC)', 'last used (UTC)', 'until at most (UTC)', 'from', 'with'],
    row: (each) => [
      each.current ? `${each.session_id} (this one)` : each.session_id,
      each.how,
      time(each.started_at),
      time(each.last_used_at),
      time(each.expires_at),
      each.client?.ip ?? '',
      each.client?.user_agent ?? '',
    ],
    none: 'there are no sessions',
  });
}

async function revoke(sessionId: string, flags: Flags): Promise<void> {
  const client = await ServerClient.of(flags);
  const done = await client.delete(`/api/v1/sessions/${encodeURIComponent(sessionId)}`, flags.reason);
  console.log(flags.json === true ? JSON.stringify(done) : `${sessionId} is ended`);
}
