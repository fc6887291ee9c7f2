import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { readSettings, Settings } from '../../app/config/settings.js';
import { isFileLedger, layout } from '../../app/layout.js';
import { systemClock } from '../../core/index.js';
import { printList } from '../output.js';
import { EXIT } from '../exit-codes.js';
import { settingFlags, texts } from '../flags.js';
import { checkAccounts, checkSettings, DORMANT_DAYS, Finding } from './checks.js';
import { checkKeysBackup } from './keys-backup.js';

/** As `verify`: something is wrong, and it is not the program. */
const FOUND = 1;

export function registerDoctor(program: Command): void {
  settingFlags(program.command('doctor'), ['host', 'data', 'ledger', 'open', 'tlsCert', 'tlsKey'])
    .description(
      'name weak settings and accounts, with what to do about each; for the machine and settings of the server',
    )
    .option('--keys-backup <folder>', 'where the copy of the keys folder is')
    .option('--json', 'one JSON object a line')
    .addHelpText(
      'after',
      `
Looks at the settings that a server started here would have, and at the accounts in its log; changes nothing.
Exit codes: 0 nothing found, ${FOUND} something found, others as of every command.`,
    )
    .action(async ({ json, keysBackup, ...flags }: Record<string, string | boolean | undefined>) => {
      const settings = readSettings(process.env, texts(flags));
      const backup = typeof keysBackup === 'string' ? resolve(keysBackup) : undefined;
      process.exitCode = await doctor(settings, backup, json === true);
      process.disconnect?.();
    });
}

async function doctor(settings: Settings, backup: string | undefined, json: boolean): Promise<number> {
  const findings = [...settingsAndKeys(settings, backup), ...(await accounts(settings))];
  const order = ['high', 'medium', 'low'] satisfies Finding['severity'][];
  findings.sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  printList(findings, {
    json,
    head: ['severity', 'what', 'what to do'],
    row: (each) => [each.severity, `${each.what} [${each.code}]`, each.do],
    none: 'nothing weak was found',
  });
  return findings.length === 0 ? EXIT.ok : FOUND;
}

function settingsAndKeys(settings: Settings, backup: string | undefined): readonly Finding[] {
  const { keys } = layout(settings);
  const keyFile = join(keys, 'master.key');
  const withKeyFile = existsSync(keyFile);
  return [
    ...checkSettings(settings, withKeyFile ? keyFile : undefined),
    ...(existsSync(keys) ? checkKeysBackup(keys, backup, settings.masterKey === undefined && withKeyFile) : []),
  ];
}

const KEYS_MISSING: Finding = {
  code: 'keys-missing',
  severity: 'high',
  what: 'there is a log, but no keys beside it: nobody can sign in, and no name can be read',
  do: 'put the keys folder back from its copy before the server starts again',
};

const NOTHING_HERE: Finding = {
  code: 'no-log',
  severity: 'medium',
  what: 'there is no log in the data folder, so only the settings could be looked at',
  do: 'name the folder of the server (--data, CUSTODY_DATA), or start it once',
};

async function accounts(settings: Settings): Promise<readonly Finding[]> {
  if (isFileLedger(settings) && !existsSync(layout(settings).log)) return [NOTHING_HERE];
  // Opening would make a new, empty keystore and hide that the old one is gone.
  if (!existsSync(join(layout(settings).keys, 'keystore.db'))) return [KEYS_MISSING];
  const { openReadOnly } = await import('../../app/open-read-only.js');
  const { reviewAccess } = await import('../../identity/index.js');
  const sources = await openReadOnly(settings);
  try {
    const now = systemClock.now();
    return checkAccounts(await reviewAccess(sources, now, DORMANT_DAYS), now);
  } finally {
    await sources.close();
  }
}
