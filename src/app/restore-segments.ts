import { join } from 'node:path';
import { restoreLog } from '../ledger/sqlite/index.js';
import { eventsOfSegments, SegmentRead } from '../records/index.js';

/**
 * The log that archived segments were part of, up to the last of them, as the log of a new data folder: a server on
 * it answers every question as it did then. All segments are needed, from the first on.
 */
export const restoreSegments = (
  files: readonly string[],
  folder: string,
  onSegment: (read: SegmentRead) => void,
): Promise<number> => restoreLog(join(folder, 'log.db'), eventsOfSegments(files, { onSegment, fromTheFirst: true }));
