import { chmodSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { errors } from '../../core/index.js';
import { copyDatabase } from '../../ledger/sqlite/index.js';
import { copyFile, filesBelow, sync } from './files.js';

/**
 * Copies the keys to a place of their own: whoever has them and the log can read all personal data. There is one
 * copy, the latest: with an older one somebody who was erased since could be made readable again.
 */
export async function copyKeys(keys: string, to: string, apartFrom: string): Promise<number> {
  for (const [a, b] of [
    [apartFrom, to],
    [to, apartFrom],
  ] as const)
    if (!relative(a, b).startsWith('..'))
      throw errors.invalid(
        'keys-beside-log',
        `${to} is not apart from the backup of the log in ${apartFrom}: name another place`,
      );
  if (!existsSync(keys)) throw errors.unavailable('no-keys', `there are no keys at ${keys}`);
  mkdirSync(to, { recursive: true, mode: 0o700 });
  const names = filesBelow(keys).filter((name) => !/-(wal|shm|journal)$|\.part$/.test(name));
  for (const name of names) {
    const target = join(to, name);
    if (!name.endsWith('.db')) await copyFile(join(keys, name), target);
    else {
      const draft = `${target}.part`;
      rmSync(draft, { force: true });
      await copyDatabase(join(keys, name), draft);
      chmodSync(draft, 0o600);
      sync(draft);
      renameSync(draft, target);
    }
  }
  sync(to);
  return names.length;
}
