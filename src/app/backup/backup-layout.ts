import { join } from 'node:path';

export const FORMAT = 'custody-backup/1';
/** A backup is made under such a name, and gets its own when it is whole. */
export const PARTIAL = '.partial';
export const MANIFEST = 'manifest.json';
export const SUMS = 'SHA256SUMS';
export const LOG = 'log.db';
/** What consumer groups have done; a log without it is whole, but its deliveries are made again. */
export const CONSUMERS = 'log.db-consumers.db';
export const EVIDENCE = 'evidence';
/** Shared by all backups in a folder, since files are kept by their digest. */
export const ARTIFACTS = 'artifacts';

/** What a backup says of itself. It is written last. */
export interface Manifest {
  readonly format: typeof FORMAT;
  readonly id: string;
  readonly custody: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Which ledger it was made of, without secrets. */
  readonly source: string;
  readonly log: {
    readonly events: number;
    readonly bytes: number;
    readonly lastId?: string;
    readonly lastRecordedAt?: string;
  };
  /** Files that the store had; `elsewhere` when they are in a bucket, which has its own backup. */
  readonly artifacts: { readonly files: number; readonly bytes: number; readonly elsewhere?: string };
  /** Digests of files that were damaged in the store itself, and so are not in the backup. */
  readonly damaged: readonly string[];
  /** SHA-256 of the list that has the SHA-256 of everything else. */
  readonly sums: string;
}

export const artifactPath = (sha256: string): string => join('sha256', sha256.slice(0, 2), sha256);

/** Sorts by time, and is fit for any file system. */
export const backupId = (iso: string): string => iso.replace(/\.\d+/, '').replaceAll(':', '-');
export const isBackupId = (name: string): boolean => /^\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z(-\d+)?$/.test(name);
