import { Position } from '../../core/index.js';

/** A port, filled by the app: the follower that has the tree go on with the log, in a thread of its own. */
export abstract class EvidenceService {
  /** Resolves when the tree includes the position. @throws CustodyError when it does not in time */
  abstract reached(position: Position): Promise<void>;
  /** What was found to contradict what was signed, or keeps the tree from following; nothing when all is well. */
  abstract readonly problem: string | undefined;
}
