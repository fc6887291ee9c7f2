import { createReadStream, existsSync, lstatSync, openSync, readSync, closeSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { EventCatalogue } from '../../core/index.js';
import { FolderFiles, MANIFEST, NotABundle, TarFiles } from '../../evidence/bundle/index.js';
import { ArtifactBytes, Report, verifyBundle, verifyLog, VerifyOptions } from '../../evidence/verify/index.js';
import { LedgerCorrupted } from '../../ledger/index.js';
import { LogFile } from '../../ledger/sqlite/index.js';
import { EVENTS } from '../catalogue.js';
import { Settings } from '../config/settings.js';
import { layout } from '../layout.js';
import { compareReadModels } from './compare-read-models.js';
import { digestsIn } from './digests-in.js';
import { readKeptEvidence } from './kept-evidence.js';

export interface Target {
  /** A bundle (folder or .tar), a log file, or a data folder. */
  readonly path: string;
  readonly options: Pick<VerifyOptions, 'keys' | 'checkpoints' | 'onProgress'>;
  /** A folder of artifacts, by their digests or as in a data folder. */
  readonly artifacts?: string | undefined;
  /** Of the data folder, when the path is one. */
  readonly settingsOf: (data: string) => Settings;
}

/** Offline: reads files, asks nobody, and writes nothing but temporary files. @throws NotABundle when it is nothing of the kind */
export async function verifyTarget({ path, options, artifacts, settingsOf }: Target): Promise<Report> {
  const all: VerifyOptions = {
    ...options,
    digestsIn,
    unknownBecause: unknownHere(),
    ...(artifacts !== undefined && { artifacts: artifactsIn(artifacts) }),
  };
  if (!statSync(path).isDirectory()) return isSqlite(path) ? verifyFile(path, all) : verifyTar(path, all);
  if (existsSync(join(path, MANIFEST))) return verifyBundle(await FolderFiles.open(path), all);
  if (existsSync(join(path, 'log.db'))) return verifyDataFolder(settingsOf(resolve(path)), all);
  throw new NotABundle(`${path} is neither an evidence bundle (no ${MANIFEST}) nor a data folder (no log.db)`);
}

async function verifyTar(path: string, options: VerifyOptions): Promise<Report> {
  const files = await TarFiles.open(path);
  try {
    return await verifyBundle(files, options);
  } finally {
    await files.close();
  }
}

async function verifyFile(path: string, options: VerifyOptions): Promise<Report> {
  const log = openLog(path);
  try {
    return await verifyLog(partsOf('log', path, log), options);
  } finally {
    log.close();
  }
}

async function verifyDataFolder(settings: Settings, options: VerifyOptions): Promise<Report> {
  const { log: file, artifacts } = layout(settings);
  const log = openLog(file);
  const kept = readKeptEvidence(join(settings.data, 'evidence'));
  try {
    const own = settings.artifacts.kind === 'file' ? { artifacts: artifactsIn(artifacts) } : {};
    return await verifyLog(
      { ...partsOf('data-folder', settings.data, log), kept, readModels: () => compareReadModels(settings, log) },
      { ...own, ...options },
    );
  } finally {
    log.close();
    kept?.close();
  }
}

const partsOf = (kind: 'log' | 'data-folder', place: string, log: LogFile) => ({
  kind,
  place,
  rows: log.pages(),
  length: log.head(),
  schemaProblem: log.schemaProblem(),
});

/** A database that is no log of ours is not what was asked for; it is no finding. */
function openLog(file: string): LogFile {
  try {
    return LogFile.open(file);
  } catch (error) {
    if (error instanceof LedgerCorrupted) throw new NotABundle(error.message);
    throw error;
  }
}

const HEADER = 'SQLite format 3\0';

function isSqlite(path: string): boolean {
  const handle = openSync(path, 'r');
  try {
    const start = Buffer.alloc(HEADER.length);
    readSync(handle, start, 0, start.length, 0);
    return start.toString('latin1') === HEADER || basename(path).endsWith('.db');
  } finally {
    closeSync(handle);
  }
}

function unknownHere(): (type: string, schema: number) => string | undefined {
  const definitions = new Map(
    new EventCatalogue(...EVENTS).definitions.map((each) => [each.type, each.samples.length]),
  );
  return (type, schema) => {
    const known = definitions.get(type);
    if (known === undefined) return 'this version of Custody does not know events of this type';
    return schema > known ? `it has schema ${schema}, and this version of Custody knows up to ${known}` : undefined;
  };
}

/** Digests come from a log that may be made up: nothing else becomes a name of a file, and no link is followed. */
function artifactsIn(folder: string): ArtifactBytes {
  return {
    open: async (sha256) => {
      if (!/^[0-9a-f]{64}$/.test(sha256)) return undefined;
      const places = [join(folder, sha256), join(folder, 'sha256', sha256.slice(0, 2), sha256)];
      const file = places.find((place) => lstatSync(place, { throwIfNoEntry: false })?.isFile() === true);
      return file === undefined ? undefined : (createReadStream(file) as AsyncIterable<Buffer>);
    },
  };
}
