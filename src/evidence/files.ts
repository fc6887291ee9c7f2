import { join } from 'node:path';

/** Where the evidence lies in its folder. */
export const evidenceFiles = (folder: string) => ({
  tree: join(folder, 'tree.db'),
  checkpoints: join(folder, 'checkpoints.db'),
});
