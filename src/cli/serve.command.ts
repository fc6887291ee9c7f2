import type { Command } from 'commander';
import { isLoopback, readSettings, Settings } from '../app/config/settings.js';
import type { FirstStart } from '../app/bootstrap.js';
import { EXIT } from './exit-codes.js';
import { serverFlags, texts } from './flags.js';
import { askedToStop, endWithin } from './signals.js';

/** Sent to the parent that started the server with a channel. */
export interface ReadyMessage {
  readonly kind: 'ready';
  readonly url: string;
  readonly firstStart?: FirstStart;
}

export function registerServe(program: Command): void {
  serverFlags(program.command('serve'))
    .description('start the server')
    .addHelpText(
      'after',
      '\nExamples:\n  $ custody serve\n  $ custody serve --port 8080 --data /var/lib/custody\n  $ custody serve --open      # a first try, without accounts, on this machine only',
    )
    .action(async (flags: Record<string, string | boolean | undefined>) => {
      process.exitCode = await serve(readSettings(process.env, texts(flags)));
    });
}

async function serve(settings: Settings): Promise<number> {
  const stop = askedToStop();
  const { startingLeanly } = await import('../app/lean-start.js');
  const server = await startingLeanly(async () => {
    const { startServer } = await import('../app/server.js');
    return startServer(settings);
  });
  if (settings.tlsCert !== undefined) process.on('SIGHUP', () => server.renewTls());
  if (settings.open) console.log(OPEN_BANNER);
  if (unprotected(settings)) console.error(PLAIN_WARNING);
  if (server.firstStart && !process.send) console.log(firstStartNotice(server.firstStart, server.url));
  console.log(`listening on ${server.url}`);
  process.send?.({
    kind: 'ready',
    url: server.url,
    ...(server.firstStart ? { firstStart: server.firstStart } : {}),
  } satisfies ReadyMessage);
  console.log(`stopping (${await stop}): answering the requests under way`);
  endWithin(settings.shutdownMs);
  await server.stop();
  console.log('stopped');
  process.disconnect?.();
  return EXIT.ok;
}

const OPEN_BANNER = `
  ┌──────────────────────────────────────────────────────────────────────┐
  │ OPEN: nobody is asked who they are. Every event says "unverified".   │
  │ This machine only. Not for records that anyone must rely on.         │
  └──────────────────────────────────────────────────────────────────────┘
`;

const PLAIN_WARNING =
  'warning: this server listens beyond this machine without TLS: passwords and tokens can be read on the way. ' +
  'Give it a certificate (CUSTODY_TLS_CERT, CUSTODY_TLS_KEY), or put it behind a proxy that has one and name that (CUSTODY_TRUSTED_PROXIES).';

/** Others can reach it, and nothing says that what they send is encrypted. */
const unprotected = ({ host, tlsCert, trustedProxies }: Settings): boolean =>
  !isLoopback(host) && tlsCert === undefined && trustedProxies.length === 0;

const firstStartNotice = ({ login, oneTimePassword }: FirstStart, url: string): string => `
  First start: an administrator was made. This password is shown only now and works once:

      login     ${login}
      password  ${oneTimePassword}

  Change it before anything else:
      curl -u '${login}:<the password>' -H 'content-type: application/json' \\
           -d '{"current": "<the password>", "new": "<yours, 12 characters or more>"}' \\
           ${url}/api/v1/users/me/password
`;
