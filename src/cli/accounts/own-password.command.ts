import type { Command } from 'commander';
import { WrongUsage } from '../exit-codes.js';
import { ask, stdinLine } from '../secret-input.js';
import { ServerClient, ServerOptions, serverOptions } from '../server-client.js';

/** The request needs the password in use twice: to sign in, and to prove that whoever asks knows it. */
export function registerOwnPassword(user: Command): void {
  serverOptions(
    user
      .command('password')
      .description(
        'change your own password, the one-time password too; with --password-stdin, line 1 is the old, line 2 the new one',
      ),
  ).action(async (options: ServerOptions) => {
    const login = (options['username'] ??
      process.env['CUSTODY_USERNAME'] ??
      process.env['MLFLOW_TRACKING_USERNAME']) as string | undefined;
    if (!login) throw new WrongUsage('say whose password it is: --username <login>, or CUSTODY_USERNAME');
    const piped = options['passwordStdin'] === true;
    if (!piped && !process.stdin.isTTY)
      throw new WrongUsage(
        'there is nobody to ask: pipe the old and the new password in, a line each, with --password-stdin',
      );
    const current = piped ? await stdinLine() : await ask(`password of ${login} now: `);
    const next = piped ? await stdinLine() : await ask('new password: ');
    if (!piped && (await ask('the new one again: ')) !== next)
      throw new WrongUsage('the two are not the same; nothing was changed');
    const client = await ServerClient.signedIn(options, login, current);
    await client.post('/api/v1/users/me/password', { current, new: next });
    console.log(`the password of ${login} is changed`);
  });
}
