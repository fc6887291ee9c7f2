import { existsSync } from 'node:fs';
import { errors } from '../core/index.js';
import { LedgerUnavailable } from '../ledger/index.js';
import { Projector, ReadModelFile, removeReadModels } from '../projection/index.js';
import { Settings } from './config/settings.js';
import { DataFolderLock } from './data-folder-lock.js';
import { Foundation, openFoundation } from './foundation.js';
import { isFileLedger, layout } from './layout.js';

export interface Rebuilt {
  readonly events: number;
  readonly seconds: number;
}

type OnProgress = (done: number, of: number) => void;

/**
 * Builds the read models anew beside the old ones and puts them in place at the end, so that stopping
 * half-way leaves everything as it was.
 */
export async function rebuildReadModels(
  settings: Settings,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<Rebuilt> {
  const { log } = layout(settings);
  if (isFileLedger(settings) && !existsSync(log)) {
    throw new LedgerUnavailable(`there is no log at ${log}: nothing to rebuild from (is --data right?)`, 'io');
  }
  const lock = DataFolderLock.exclusive(settings.data);
  if (!lock) {
    const message = `a server or another rebuild uses ${settings.data}; stop it first (the read models can't be replaced under it)`;
    throw errors.unavailable('data-folder-in-use', message);
  }
  try {
    const foundation = await openFoundation(settings);
    try {
      return await build(foundation, onProgress, signal);
    } finally {
      await foundation.close();
    }
  } finally {
    lock.release();
  }
}

async function build(
  { settings, ledger, projectorOptions }: Foundation,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<Rebuilt> {
  const { readModels: file, building } = layout(settings);
  const head = await ledger.head();
  const target = ReadModelFile.create(building, projectorOptions.projections);
  const started = performance.now();
  try {
    target.hurry();
    const events = await new Projector({ ...projectorOptions, batch: 5000 }, target).catchUp(
      (done) => onProgress(done, head),
      signal,
    );
    target.settle();
    target.close();
    ReadModelFile.replace(building, file);
    return { events, seconds: (performance.now() - started) / 1000 };
  } finally {
    target.close();
    removeReadModels(building);
  }
}
