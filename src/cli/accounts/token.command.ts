import type { Command } from 'commander';
import { ServerClient, ServerOptions, jsonCommand } from '../server-client.js';
import { WrongUsage } from '../exit-codes.js';
import { printList, printSecret, time } from '../output.js';
import { userIdOf, WireToken } from './wire.js';

const EXAMPLES = `
Examples:
  $ export CUSTODY_TOKEN=$(custody token create "night job" --expires 2027-01-31)
  $ custody token create importer --user svc.import      # for a service account
  $ custody token create reports --read-only --experiments "LIMS*"
  $ custody token rotate t-01890a5d-ac96-774b-bcce-b302099a8058 --grace 30
  $ custody token list
  $ custody token revoke t-01890a5d-ac96-774b-bcce-b302099a8058`;

/** `custody token …`: one's own tokens, or those of service accounts, over HTTP. */
export function registerToken(program: Command): void {
  const token = program
    .command('token')
    .description('list, make and revoke tokens on a running server')
    .addHelpText('after', EXAMPLES);
  const whose = ['--user <user>', 'a service account (login or id); yourself by default'] as const;
  jsonCommand(token.command('list').option('--user <user>', 'another account (login or id); yourself by default'))
    .description('tokens, the newest first; a secret is never shown again')
    .action(list);
  jsonCommand(token.command('create <label>').option(...whose))
    .description('make a token, and show its secret once')
    .option(
      '--expires <time>',
      'until when it holds (ISO 8601, as in 2027-01-31 or 2027-01-31T12:00Z); for ever by default',
    )
    .option('--read-only', 'for reading only')
    .option('--action <action...>', 'for these actions only; docs/security.md lists them')
    .option('--experiments <pattern...>', 'only for what is about experiments of these names (* is any text)')
    .option('--models <pattern...>', 'only for what is about registered models of these names')
    .option('--reason <text>', 'why; it is recorded with the change')
    .action(create);
  jsonCommand(token.command('rotate <token-id>'))
    .description('give a token another secret, and show it once; the one before goes on for a while')
    .option('--grace <minutes>', 'for how long the present secret goes on; an hour by default')
    .option('--reason <text>', 'why; it is recorded with the change')
    .action(rotate);
  jsonCommand(token.command('revoke <token-id>'))
    .description('make a token worthless at once')
    .option('--reason <text>', 'why; it is recorded with the change')
    .action(revoke);
}

type Flags = ServerOptions & {
  readonly json?: boolean;
  readonly user?: string;
  readonly expires?: string;
  readonly reason?: string;
  readonly readOnly?: boolean;
  readonly action?: readonly string[];
  readonly experiments?: readonly string[];
  readonly models?: readonly string[];
  readonly grace?: string;
};

const owner = (client: ServerClient, user: string | undefined): Promise<string | undefined> =>
  user === undefined ? Promise.resolve(undefined) : userIdOf(client, user);

async function list(flags: Flags): Promise<void> {
  const client = await ServerClient.of(flags);
  const userId = await owner(client, flags.user);
  const query = new URLSearchParams(userId === undefined ? {} : { user_id: userId });
  const { tokens } = await client.get<{ tokens: readonly WireToken[] }>('/api/v1/tokens', query);
  printList(tokens, {
    json: flags.json === true,
    head: ['id', 'label', 'state', 'for', 'made (UTC)', 'last used (UTC)'],
    row: (token) => [
      token.token_id,
      token.label,
      stateOf(token),
      limitsOf(token),
      time(token.created_at),
      time(token.last_used_at),
    ],
    none: 'there are no tokens',
  });
}

function limitsOf({ limits }: WireToken): string {
  if (limits === undefined) return 'all that its owner may';
  const { read_only, actions = [], experiments = [], models = [] } = limits;
  const names = [...experiments.map((each) => `experiments ${each}`), ...models.map((each) => `models ${each}`)];
  return [...(read_only ? ['reading'] : []), ...actions, ...names].join(', ');
}

function stateOf({ revoked_at, expires_at }: WireToken): string {
  if (revoked_at !== undefined) return `revoked ${time(revoked_at)}`;
  if (expires_at === undefined) return 'holds';
  return `${Date.parse(expires_at) > Date.now() ? 'holds until' : 'expired'} ${time(expires_at)}`;
}

async function create(label: string, flags: Flags): Promise<void> {
  const client = await ServerClient.of(flags);
  const { readOnly: read_only, action: actions, experiments, models } = flags;
  const limits = { read_only, actions, experiments, models };
  const body = { label, user_id: await owner(client, flags.user), expires_at: flags.expires, ...limits };
  const made = await client.post<{ token_id: string; token: string }>('/api/v1/tokens', body, flags.reason);
  if (flags.json === true) return console.log(JSON.stringify(made));
  printSecret(made.token, `made ${made.token_id}. Its secret is shown only now:`);
}

async function rotate(tokenId: string, flags: Flags): Promise<void> {
  const { grace, json, reason } = flags;
  if (grace !== undefined && !/^\d{1,6}$/.test(grace)) throw new WrongUsage('--grace is a whole number of minutes');
  const client = await ServerClient.of(flags);
  const body = grace === undefined ? {} : { grace_minutes: Number(grace) };
  const path = `/api/v1/tokens/${encodeURIComponent(tokenId)}/rotate`;
  const made = await client.post<{ token: string; old_secret_until: string }>(path, body, reason);
  if (json === true) return console.log(JSON.stringify(made));
  const until = time(made.old_secret_until);
  printSecret(
    made.token,
    `${tokenId} has another secret, shown only now. The one before goes on until ${until} (UTC):`,
  );
}

async function revoke(tokenId: string, flags: Flags): Promise<void> {
  const client = await ServerClient.of(flags);
  const done = await client.delete(`/api/v1/tokens/${encodeURIComponent(tokenId)}`, flags.reason);
  console.log(flags.json === true ? JSON.stringify(done) : `${tokenId} is revoked`);
}
