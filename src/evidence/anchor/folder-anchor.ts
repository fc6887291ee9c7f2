import { stat } from 'node:fs/promises';
import { Anchor, AnchoredCheckpoint, AnchorError } from './anchor.js';
import { writeOnce } from './append-only-file.js';

/** A folder, best on a disk that this server's administrators can't rewrite: a WORM share, another machine's mount. */
export class FolderAnchor implements Anchor {
  readonly kind = 'folder';
  constructor(readonly where: string) {}

  async put(anchored: AnchoredCheckpoint): Promise<void> {
    // Not made here: with the share not mounted, checkpoints would go to the disk that they are to be kept apart from.
    const found = await stat(this.where).catch(() => undefined);
    if (!found?.isDirectory()) throw new AnchorError(`the folder ${this.where} is not there`);
    await writeOnce(this.where, anchored);
  }
}
