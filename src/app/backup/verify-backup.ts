import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CustodyError, Micros, toIso } from '../../core/index.js';
import { LedgerCorrupted, LedgerUnavailable } from '../../ledger/index.js';
import { checkWholeLog, endOfLog } from '../../ledger/sqlite/index.js';
import { LOG, Manifest, SUMS } from './backup-layout.js';
import { findBackup, readManifest } from './backups-in.js';
import { digestOf } from './files.js';
import { readSums } from './sums.js';

export interface VerifiedBackup {
  readonly folder: string;
  readonly manifest?: Manifest;
  readonly files: number;
  readonly bytes: number;
  /** All that is wrong, in words; nothing when it can be restored. */
  readonly problems: readonly string[];
}

/** Reads everything that a backup has, every file of it, and the log from its first event to its last. */
export async function verifyBackup(
  folder: string,
  onProgress: (files: number, of: number) => void = () => undefined,
): Promise<VerifiedBackup> {
  const problems: string[] = [];
  let [files, bytes] = [0, 0];
  let backup = folder;
  let manifest: Manifest | undefined;
  try {
    backup = findBackup(folder);
    manifest = readManifest(backup);
    const sums = join(backup, SUMS);
    if (!existsSync(sums)) throw new Problem(`${SUMS} is missing`);
    if ((await digestOf(sums)).sha256 !== manifest.sums)
      throw new Problem(`${SUMS} is not the list that the manifest names`);
    const expected = manifest.artifacts.files + 1;
    for await (const { sha256, path } of readSums(sums)) {
      const file = join(backup, path);
      if (!existsSync(file)) problems.push(`${path} is missing`);
      else {
        const found = await digestOf(file);
        if (found.sha256 !== sha256) problems.push(`${path} is not what was backed up (${found.bytes} bytes)`);
        bytes += found.bytes;
      }
      onProgress(++files, Math.max(expected, files));
    }
    if (problems.length === 0) problems.push(...logProblems(backup, manifest));
    problems.push(...manifest.damaged.map((sha256) => `artifact ${sha256} was damaged when the backup was made`));
  } catch (error) {
    if (!isExpected(error)) throw error;
    problems.push(error.message);
  }
  return { folder: backup, ...(manifest ? { manifest } : {}), files, bytes, problems };
}

class Problem extends Error {}

const isExpected = (error: unknown): error is Error =>
  [Problem, CustodyError, LedgerCorrupted, LedgerUnavailable].some((kind) => error instanceof kind) ||
  /none of a backup's$/.test((error as Error).message);

function logProblems(backup: string, { log }: Manifest): readonly string[] {
  const file = join(backup, LOG);
  checkWholeLog(file);
  const { events, lastId, lastRecordedAt } = endOfLog(file);
  const time = lastRecordedAt === undefined ? undefined : toIso(lastRecordedAt as Micros);
  if (events === log.events && lastId === log.lastId && time === log.lastRecordedAt) return [];
  return [
    `the log ends with event ${events} (${String(lastId)}), the manifest says ${log.events} (${String(log.lastId)})`,
  ];
}
