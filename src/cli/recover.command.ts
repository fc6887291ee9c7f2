import type { Command } from 'commander';
import { readSettings } from '../app/config/settings.js';
import { settingFlags, texts } from './flags.js';
import { printSecret } from './output.js';

const EXAMPLES = `
For the day when no administrator can sign in any more: whoever has the machine, its data folder and its keys makes a new
one, beside the running server or without it. It is an alert, and the trail says that it was done here, and why. No
present account is changed.

Examples:
  $ custody recover kim.lee --verified "passport seen by the head of the lab" --reason "the only administrator has left"`;

/** `custody recover`: a new administrator, made at the machine. */
export function registerRecover(program: Command): void {
  settingFlags(program.command('recover <login>'), ['data', 'ledger'])
    .description('make a new administrator at the machine itself, when none can sign in any more')
    .requiredOption('--verified <how>', 'how it was verified who they are')
    .requiredOption('--reason <text>', 'why; it is recorded')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(recover);
}

type Flags = Readonly<Record<string, string | boolean | undefined>> & {
  readonly verified: string;
  readonly reason: string;
  readonly json?: boolean;
};

async function recover(login: string, { verified, reason, json, ...flags }: Flags): Promise<void> {
  const settings = readSettings(process.env, texts(flags));
  const { recoverAdministration } = await import('../app/recovery.js');
  const made = await recoverAdministration(settings, { login, identityVerified: verified, reason });
  const { userId, oneTimePassword } = made;
  if (json === true)
    console.log(JSON.stringify({ user_id: userId, login: made.login, one_time_password: oneTimePassword }));
  else
    printSecret(
      oneTimePassword,
      `made the administrator ${made.login} (${userId}). The one-time password is shown only now; change it first (custody user password):`,
    );
  process.disconnect?.();
}
