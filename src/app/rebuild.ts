import { errors } from '../core/index.js';
import { Projector, ReadModelFile, removeReadModels } from '../projection/index.js';
import { Settings } from './config/settings.js';
import { DataFolderLock } from './data-folder-lock.js';
import { openFoundation } from './foundation.js';
import { layout } from './layout.js';

export interface Rebuilt {
  readonly events: number;
  readonly seconds: number;
}

/**
 * Builds the read models anew beside the old ones and puts them in place at the end, so that stopping
 * half-way leaves everything as it was.
 */
export async function rebuildReadModels(
  settings: Settings,
  onProgress: (done: number, of: number) => void,
  signal?: AbortSignal,
): Promise<Rebuilt> {
  const foundation = await openFoundation(settings);
  const lock = DataFolderLock.exclusive(settings.data);
  const file = layout(settings).readModels;
  const building = `${file}.building`;
  try {
    if (!lock)
      throw errors.unavailable(
        'server-running',
        `a server uses ${settings.data}; stop it first (the read models can't be replaced under it)`,
      );
    const head = await foundation.ledger.head();
    const target = ReadModelFile.create(building, foundation.projectorOptions.projections);
    target.hurry();
    const started = performance.now();
    let events = 0;
    try {
      events = await new Projector({ ...foundation.projectorOptions, batch: 5000 }, target).catchUp(
        (done) => onProgress(done, head),
        signal,
      );
      target.settle();
    } finally {
      target.close();
    }
    ReadModelFile.replace(building, file);
    return { events, seconds: (performance.now() - started) / 1000 };
  } finally {
    removeReadModels(building);
    lock?.release();
    await foundation.close();
  }
}
