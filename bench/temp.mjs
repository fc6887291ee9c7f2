import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** A folder on the disk of the checkout (a temporary folder may be memory, which would flatter every write). */
export async function withFolder(use) {
  const folder = mkdtempSync(join(process.cwd(), '.bench-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
