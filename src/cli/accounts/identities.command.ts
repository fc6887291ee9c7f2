import type { Command } from 'commander';
import { printList } from '../output.js';
import { ServerClient, ServerOptions, jsonCommand } from '../server-client.js';
import { userIdOf, userPath } from './wire.js';

type Flags = ServerOptions & { readonly json?: boolean; readonly reason?: string; readonly rolesFollow?: boolean };

interface WireIdentity {
  readonly identity_id: string;
  readonly issuer?: string;
  readonly subject?: string;
  readonly roles_follow: boolean;
}

/** `custody user link|unlink|links`: which subjects of the OpenID provider act as an account, over HTTP. */
export function registerIdentities(user: Command): void {
  jsonCommand(user.command('links <user>'))
    .description('subjects of the OpenID provider that act as an account')
    .action(links);
  jsonCommand(user.command('link <user> <subject>'))
    .description('let a subject of the OpenID provider (its sub) act as an account')
    .option('--roles-follow', 'the account’s roles follow the provider’s claims from now on')
    .requiredOption('--reason <text>', 'why; it is recorded with the change')
    .action(link);
  jsonCommand(user.command('unlink <user> <identity-id>'))
    .description('let it act as the account no more, at once and for good; custody user links shows its id')
    .requiredOption('--reason <text>', 'why; it is recorded with the change')
    .action(unlink);
}

async function links(user: string, flags: Flags): Promise<void> {
  const client = await ServerClient.of(flags);
  const path = userPath(await userIdOf(client, user), 'identities');
  const { identities } = await client.get<{ identities: readonly WireIdentity[] }>(path);
  printList(identities, {
    json: flags.json === true,
    head: ['subject', 'issuer', 'roles', 'id'],
    row: ({ subject = '(erased)', issuer = '(erased)', roles_follow: follow, identity_id: id }) => [
      subject,
      issuer,
      follow ? 'follow its claims' : 'by administrators',
      id,
    ],
    none: `no subject of the OpenID provider acts as ${user}`,
  });
}

async function link(user: string, subject: string, flags: Flags): Promise<void> {
  const client = await ServerClient.of(flags);
  const path = userPath(await userIdOf(client, user), 'identities');
  const body = { subject, roles_follow: flags.rolesFollow === true };
  const done = await client.post<WireIdentity>(path, body, flags.reason);
  console.log(flags.json === true ? JSON.stringify(done) : `${subject} acts as ${user} (${done.identity_id})`);
}

async function unlink(user: string, identityId: string, flags: Flags): Promise<void> {
  const client = await ServerClient.of(flags);
  const path = userPath(await userIdOf(client, user), `identities/${encodeURIComponent(identityId)}`);
  const done = await client.delete(path, flags.reason);
  console.log(flags.json === true ? JSON.stringify(done) : `${identityId} acts as ${user} no more`);
}
