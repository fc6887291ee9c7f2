import { readFileSync, realpathSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Finding } from './checks.js';

const FILES = ['keystore.db', 'credentials.db'] as const;
const DAY_MS = 86_400_000;
/** A key of a person who came since the copy would be lost with the folder. */
const STALE_DAYS = 7;

const HOW = 'copy the keys folder regularly, apart from the log, and name the copy with --keys-backup';

/**
 * A lost keys folder makes every name unreadable for ever. Nothing on this machine tells that there is a copy, so
 * whoever runs the server has to name one.
 */
export function checkKeysBackup(keys: string, backup: string | undefined, withKeyFile: boolean): readonly Finding[] {
  const finding = (code: string, what: string, way = HOW): readonly Finding[] => [
    { code, severity: 'high', what, do: way },
  ];
  if (backup === undefined) return finding('keys-backup-unknown', 'no copy of the keys is known');
  const missing = [...FILES, ...(withKeyFile ? ['master.key'] : [])].filter((name) => !isFile(join(backup, name)));
  if (missing.length > 0)
    return finding('keys-backup-incomplete', `the copy of the keys in ${backup} lacks ${missing.join(', ')}`);
  if (!relative(realpathSync(keys), realpathSync(backup)).startsWith('..'))
    return finding('keys-backup-same-place', `${backup} is the keys folder itself, or lies in it`);
  if (withKeyFile && !sameText(join(keys, 'master.key'), join(backup, 'master.key')))
    return finding('keys-backup-foreign', `the master key in ${backup} is another one: it opens nothing here`);
  const behind = FILES.filter((name) => changed(join(keys, name)) - changed(join(backup, name)) > STALE_DAYS * DAY_MS);
  return behind.length === 0
    ? []
    : finding('keys-backup-stale', `in ${backup}, ${behind.join(' and ')} lag more than ${STALE_DAYS} days behind`);
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;
const changed = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
const sameText = (a: string, b: string): boolean => readFileSync(a, 'utf8').trim() === readFileSync(b, 'utf8').trim();
