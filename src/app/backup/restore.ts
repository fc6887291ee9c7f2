import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errors } from '../../core/index.js';
import { cutLog, endOfLog, readyLog } from '../../ledger/sqlite/index.js';
import { RESTORING } from '../layout.js';
import { ARTIFACTS, artifactPath, CONSUMERS, EVIDENCE, LOG, Manifest, SUMS } from './backup-layout.js';
import { findBackup, readManifest } from './backups-in.js';
import { copyFile, digestOf, OtherBytes, sync } from './files.js';
import { CutAt, cutOf, rootOf } from './point-in-time.js';
import { readSums, Sum } from './sums.js';

export interface RestoreOptions {
  readonly keys?: string;
  readonly at?: CutAt;
  readonly onProgress?: (files: number, of: number) => void;
  readonly signal?: AbortSignal;
}
export interface Restored {
  readonly manifest: Manifest;
  readonly events: number;
  /** Of the Merkle tree over the log, in hex; where the log was cut. */
  readonly root?: string;
  readonly evidence: boolean;
  readonly keys: boolean;
}

/**
 * Makes a data folder out of a backup, in `restoring/` within it, where a server refuses to start; only when
 * all is verified and on the disk it comes to its place, the log last. Every file is verified while it is
 * copied, so nothing is trusted that was read at another time. A killed one is begun anew.
 */
export async function restore(from: string, data: string, options: RestoreOptions = {}): Promise<Restored> {
  const backup = findBackup(from);
  const manifest = readManifest(backup);
  if ((await digestOf(join(backup, SUMS)).catch(() => undefined))?.sha256 !== manifest.sums)
    throw errors.invalid(
      'backup-damaged',
      `${join(backup, SUMS)} is missing or not the list that the manifest names: nothing was restored`,
    );
  assertEmpty(data, manifest);
  const staging = join(data, RESTORING);
  mkdirSync(staging, { recursive: true, mode: 0o700 });
  try {
    return await gather(backup, manifest, data, options);
  } catch (error) {
    clear(data);
    throw error;
  }
}

async function gather(backup: string, manifest: Manifest, data: string, options: RestoreOptions): Promise<Restored> {
  const staging = join(data, RESTORING);
  await copyAll(backup, staging, manifest, options);
  const log = join(staging, LOG);
  const root = options.at && cutTo(log, options.at);
  // A tree and checkpoints over events that are gone would be those of another log.
  if (root !== undefined) rmSync(join(staging, EVIDENCE), { recursive: true, force: true });
  // Before: whoever reads a log that is ready leaves files beside it.
  const { events } = endOfLog(log);
  readyLog(log);
  if (options.keys !== undefined) await copyKeysBack(options.keys, join(staging, 'keys'));
  const evidence = existsSync(join(staging, EVIDENCE));
  moveIn(staging, data);
  return { manifest, events, evidence, keys: options.keys !== undefined, ...(root === undefined ? {} : { root }) };
}

function cutTo(log: string, at: CutAt): string {
  const cut = cutOf(log, at);
  cutLog(log, cut.events);
  const root = rootOf(log).toString('hex');
  if (cut.root === undefined || root === cut.root) return root;
  throw errors.invalid(
    'checkpoint-mismatch',
    `the first ${cut.events} events of the backup have the root ${root}, the checkpoint says ${cut.root}: this is not the log that was signed. Nothing was restored`,
  );
}

function assertEmpty(data: string, { log }: Manifest): void {
  if (!existsSync(data)) return;
  if (existsSync(join(data, RESTORING))) return clear(data);
  const there = join(data, LOG);
  if (existsSync(there)) {
    const { events } = endOfLog(there);
    const moved =
      events > log.events ? ` The log there has moved on: it has ${events} events, the backup ${log.events}.` : '';
    throw errors.state(
      'data-folder-in-use',
      `there is a log in ${data}, and no log is ever replaced.${moved} Restore into an empty folder, and keep the old one for those who will ask`,
    );
  }
  const [found] = readdirSync(data);
  if (found !== undefined)
    throw errors.state(
      'data-folder-not-empty',
      `${data} is not empty (${found} is there): restore into an empty folder`,
    );
}

/** What a restore that was killed has left: no server has ever used it, since it refuses to. */
function clear(data: string): void {
  for (const name of readdirSync(data).filter((each) => each !== RESTORING))
    rmSync(join(data, name), { recursive: true, force: true });
  rmSync(join(data, RESTORING), { recursive: true, force: true });
}

async function copyAll(
  backup: string,
  staging: string,
  { artifacts }: Manifest,
  { onProgress, signal }: RestoreOptions,
) {
  let files = 0;
  for await (const { sha256, path } of readSums(join(backup, SUMS))) {
    signal?.throwIfAborted();
    const source = join(backup, path);
    if (!existsSync(source)) throw broken(`${path} is missing`);
    await copyFile(source, join(staging, placeOf({ sha256, path })), sha256).catch((error: unknown) => {
      throw error instanceof OtherBytes ? broken(`${path} is not what was backed up`) : error;
    });
    onProgress?.(++files, Math.max(artifacts.files + 1, files));
  }
  if (!existsSync(join(staging, LOG))) throw broken(`${LOG} is not in it`);
}

const broken = (what: string) =>
  errors.invalid(
    'backup-damaged',
    `the backup is damaged: ${what}. Nothing was restored; custody backup verify tells all that is wrong`,
  );

const placeOf = ({ sha256, path }: Sum): string =>
  path.startsWith('../') ? join(ARTIFACTS, artifactPath(sha256)) : path;

async function copyKeysBack(from: string, to: string): Promise<void> {
  if (!existsSync(join(from, 'keystore.db')))
    throw errors.invalid('no-keys', `there is no copy of the keys at ${from}: nothing was restored`);
  for (const name of readdirSync(from).filter((each) => !each.endsWith('.part')))
    await copyFile(join(from, name), join(to, name));
}

/** The log last: a folder with a log is a whole one. */
function moveIn(staging: string, data: string): void {
  const names = readdirSync(staging).filter((name) => name !== LOG && name !== CONSUMERS);
  for (const name of [...names, ...[CONSUMERS].filter((each) => existsSync(join(staging, each))), LOG])
    renameSync(join(staging, name), join(data, name));
  sync(data);
  rmSync(staging, { recursive: true, force: true });
  sync(data);
  sync(join(dirname(data), basename(data)));
}
