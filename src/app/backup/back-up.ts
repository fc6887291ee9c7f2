import { createWriteStream, existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { once } from 'node:events';
import { dirname, join, relative } from 'node:path';
import { errors, Micros, systemClock, toIso } from '../../core/index.js';
import { Ledger, Traffic } from '../../ledger/index.js';
import { copyDatabase, endOfLog, writeLog } from '../../ledger/sqlite/index.js';
import { Settings } from '../config/settings.js';
import { DataFolderLock } from '../data-folder-lock.js';
import { isFileLedger, layout } from '../layout.js';
import { openLedger } from '../open-ledger.js';
import {
  ARTIFACTS,
  artifactPath,
  backupId,
  CONSUMERS,
  EVIDENCE,
  FORMAT,
  LOG,
  MANIFEST,
  Manifest,
  PARTIAL,
  SUMS,
} from './backup-layout.js';
import { backupsIn } from './backups-in.js';
import { copyFile, digestOf, filesBelow, OtherBytes, sync } from './files.js';
import { sumLine } from './sums.js';

export interface BackupProgress {
  readonly step: 'log' | 'artifacts';
  readonly done: number;
  readonly of: number;
}
export interface BackupOptions {
  readonly version: string;
  readonly onProgress?: (progress: BackupProgress) => void;
  readonly signal?: AbortSignal;
}
export interface MadeBackup {
  readonly folder: string;
  readonly manifest: Manifest;
  /** Artifacts that no earlier backup had left there. */
  readonly newArtifacts: number;
}

/**
 * Copies a data folder that servers and workers are writing to. The order is what makes it whole: the evidence
 * and the state of consumers first, so that neither knows more than the log; then the log as it is at one
 * moment; then the artifacts, since no event names a file that is not there yet.
 *
 * Everything lies under a name that is no backup's until it is on the disk. A killed one leaves that, which the
 * next one removes, and artifacts, which the next one need not copy.
 */
export async function backUp(settings: Settings, target: string, options: BackupOptions): Promise<MadeBackup> {
  const places = layout(settings);
  if (!relative(settings.data, target).startsWith('..'))
    throw errors.invalid('backup-in-data-folder', `${target} lies in the data folder itself: it would be lost with it`);
  if (isFileLedger(settings) && !existsSync(places.log))
    throw errors.unavailable('no-log', `there is no log at ${places.log}: nothing to back up (is --data right?)`);
  mkdirSync(target, { recursive: true, mode: 0o700 });
  const lock = DataFolderLock.exclusive(target);
  if (!lock) throw errors.unavailable('backup-running', `another backup into ${target} is under way`);
  try {
    for (const name of backupsIn(target).partial) rmSync(join(target, name), { recursive: true, force: true });
    return await make(settings, target, options);
  } finally {
    lock.release();
  }
}

async function make(settings: Settings, target: string, options: BackupOptions): Promise<MadeBackup> {
  const places = layout(settings);
  const startedAt = toIso(systemClock.now());
  const id = freeId(target, backupId(startedAt));
  const folder = join(target, `${id}${PARTIAL}`);
  mkdirSync(folder, { mode: 0o700 });
  try {
    const sums = new SumsFile(join(folder, SUMS));
    await copyEvidence(join(settings.data, EVIDENCE), folder, sums);
    const consumers = `${places.log}-consumers.db`;
    if (isFileLedger(settings) && existsSync(consumers)) {
      await copyDatabase(consumers, join(folder, CONSUMERS));
      await sums.addFile(folder, CONSUMERS);
    }
    const source = await copyLog(settings, join(folder, LOG), options);
    const { events, lastId, lastRecordedAt } = endOfLog(join(folder, LOG));
    const { bytes } = await sums.addFile(folder, LOG);
    const kept = await copyArtifacts(settings, target, sums, options);
    await sums.close();
    const manifest: Manifest = {
      format: FORMAT,
      id,
      custody: options.version,
      startedAt,
      finishedAt: toIso(systemClock.now()),
      source,
      log: {
        events,
        bytes,
        ...(lastId === undefined ? {} : { lastId, lastRecordedAt: toIso(lastRecordedAt as Micros) }),
      },
      artifacts: kept.artifacts,
      damaged: kept.damaged,
      sums: (await digestOf(join(folder, SUMS))).sha256,
    };
    writeFileSync(join(folder, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`, { mode: 0o600 });
    sync(join(folder, MANIFEST));
    sync(folder);
    renameSync(folder, join(target, id));
    sync(target);
    return { folder: join(target, id), manifest, newArtifacts: kept.added };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Two within a second. */
function freeId(target: string, id: string): string {
  for (let count = 1; ; count++) {
    const name = count === 1 ? id : `${id}-${count}`;
    if (!existsSync(join(target, name))) return name;
  }
}

/** A SQLite log page by page; any other through its port, event by event, into the same form. */
async function copyLog(settings: Settings, to: string, { onProgress, signal }: BackupOptions): Promise<string> {
  if (isFileLedger(settings)) {
    const { log } = layout(settings);
    await copyDatabase(log, to, {
      onProgress: (done, of) => onProgress?.({ step: 'log', done, of }),
      ...(signal ? { signal } : {}),
    });
    sync(to);
    return `sqlite://${log}`;
  }
  const ledger = await openLedger(settings, systemClock, new Traffic());
  try {
    await writeLog(to, upToNow(ledger, signal), (done) => onProgress?.({ step: 'log', done, of: done }));
    sync(to);
    return ledger.description;
  } finally {
    await ledger.close();
  }
}

async function* upToNow(ledger: Ledger, signal?: AbortSignal) {
  const head = await ledger.head();
  for (let from = 0 as Awaited<typeof head>; from < head;) {
    signal?.throwIfAborted();
    const events = (await ledger.readAll({ from })).filter(({ position }) => position <= head);
    if (events.length === 0) return;
    yield events;
    from = events.at(-1)!.position;
  }
}

/** Databases as databases: their files alone may be half of a change. */
async function copyEvidence(from: string, folder: string, sums: SumsFile): Promise<void> {
  for (const path of filesBelow(from)) {
    if (/\.(part|tmp)$|-(wal|shm|journal)$/.test(path)) continue;
    const [source, name] = [join(from, path), `${EVIDENCE}/${path}`];
    mkdirSync(dirname(join(folder, name)), { recursive: true, mode: 0o700 });
    if (path.endsWith('.db')) await copyDatabase(source, join(folder, name));
    else await copyFile(source, join(folder, name));
    await sums.addFile(folder, name);
  }
}

async function copyArtifacts(
  settings: Settings,
  target: string,
  sums: SumsFile,
  { onProgress, signal }: BackupOptions,
) {
  const from = join(layout(settings).artifacts, 'sha256');
  const to = join(target, ARTIFACTS);
  const damaged: string[] = [];
  let [files, bytes, added] = [0, 0, 0];
  const elsewhere = settings.artifacts.kind === 'file' ? {} : { elsewhere: settings.artifacts.kind };
  const all = settings.artifacts.kind === 'file' ? filesBelow(from) : [];
  for (const [index, path] of all.entries()) {
    signal?.throwIfAborted();
    const sha256 = path.slice(3);
    if (!/^[0-9a-f]{64}$/.test(sha256)) continue;
    const copy = join(to, artifactPath(sha256));
    const size = statSync(join(from, path)).size;
    try {
      // Its name is its digest, and it came there whole; `backup verify` reads it again.
      if (statSync(copy, { throwIfNoEntry: false })?.size !== size) {
        await copyFile(join(from, path), copy, sha256);
        added += 1;
      }
      await sums.add({ sha256, path: `../${ARTIFACTS}/${artifactPath(sha256)}` });
      files += 1;
      bytes += size;
    } catch (error) {
      if (!(error instanceof OtherBytes)) throw error;
      damaged.push(sha256);
    }
    onProgress?.({ step: 'artifacts', done: index + 1, of: all.length });
  }
  return { artifacts: { files, bytes, ...elsewhere }, damaged, added };
}

/** The list of digests, written as it grows. */
class SumsFile {
  private readonly out;
  constructor(file: string) {
    this.out = createWriteStream(file, { mode: 0o600, flush: true });
    // Told by whoever writes or closes next.
    this.out.on('error', () => undefined);
  }

  async add(sum: { readonly sha256: string; readonly path: string }): Promise<void> {
    if (this.out.errored) throw this.out.errored;
    if (!this.out.write(sumLine(sum))) await once(this.out, 'drain');
  }

  async addFile(folder: string, path: string) {
    const copied = await digestOf(join(folder, path));
    await this.add({ sha256: copied.sha256, path });
    return copied;
  }

  async close(): Promise<void> {
    this.out.end();
    await finished(this.out);
  }
}
