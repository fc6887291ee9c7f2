import { setTimeout as sleep } from 'node:timers/promises';
import { ReadModelFile } from '../../projection/index.js';
import { Settings } from '../config/settings.js';
import { DataFolderLock } from '../data-folder-lock.js';
import { Foundation } from '../foundation.js';
import { layout } from '../layout.js';

const LOCK_TRIES = 100;

/**
 * The read models as they are when they fit this program and this log, otherwise new and empty ones. One
 * server at a time looks and replaces: two that start together must end up with the same file.
 */
export async function openReadModels(
  settings: Settings,
  foundation: Foundation,
  onRebuild: (why: string) => void,
): Promise<ReadModelFile> {
  const lock = await takeTurn(settings.data);
  try {
    const file = layout(settings).readModels;
    const { projections } = foundation.projectorOptions;
    const [first] = await foundation.ledger.readAll({ limit: 1 });
    const why = ReadModelFile.unusable(file, projections, first?.id);
    if (why === undefined) return ReadModelFile.open(file);
    if (first) onRebuild(why);
    return ReadModelFile.create(file, projections);
  } finally {
    lock?.release();
  }
}

async function takeTurn(data: string): Promise<DataFolderLock> {
  for (let attempt = 0; attempt < LOCK_TRIES; attempt++) {
    const lock = DataFolderLock.exclusive(data, 'read-models.lock');
    if (lock) return lock;
    await sleep(50);
  }
  throw new Error('another server keeps opening the read models; try again');
}
