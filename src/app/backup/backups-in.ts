import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errors } from '../../core/index.js';
import { FORMAT, isBackupId, MANIFEST, Manifest, PARTIAL } from './backup-layout.js';

/** Whole backups in a folder, the oldest first, and what is left of others. */
export function backupsIn(folder: string): { readonly whole: readonly string[]; readonly partial: readonly string[] } {
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return {
    whole: names.filter((name) => isBackupId(name)),
    partial: names.filter((name) => name.endsWith(PARTIAL) && isBackupId(name.slice(0, -PARTIAL.length))),
  };
}

/** The backup that a person means: it, or the latest of those in a folder. @throws CustodyError */
export function findBackup(folder: string): string {
  if (existsSync(join(folder, MANIFEST))) return folder;
  const { whole, partial } = backupsIn(folder);
  const latest = whole.at(-1);
  if (latest !== undefined) return join(folder, latest);
  if (partial.length > 0)
    throw errors.invalid(
      'backup-not-finished',
      `the backup in ${folder} was never finished (${partial.join(', ')}): make another`,
    );
  throw errors.invalid('no-backup', `there is no backup at ${folder}`);
}

/** @throws CustodyError when it is none of ours */
export function readManifest(backup: string): Manifest {
  const file = join(backup, MANIFEST);
  let manifest: Partial<Manifest> | null;
  try {
    manifest = JSON.parse(readFileSync(file, 'utf8')) as Partial<Manifest> | null;
  } catch {
    throw errors.invalid('backup-manifest-unreadable', `${file} can't be read: it is missing, cut or damaged`);
  }
  if (manifest?.format !== FORMAT)
    throw errors.invalid(
      'backup-format-unknown',
      `${file} has the format ${JSON.stringify(manifest?.format)}, this version knows ${FORMAT}`,
    );
  return manifest as Manifest;
}
