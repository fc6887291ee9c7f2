import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/** Beside the target, on the same disk, so that moving it there is one step. */
export const partOf = (target: string): string => {
  const place = resolve(target);
  return join(dirname(place), `.${basename(place)}.${randomBytes(4).toString('hex')}.part`);
};

/** An empty folder is free: somebody made it for the bundle. */
export function assertFree(target: string): void {
  if (!existsSync(target)) return;
  if (statSync(target).isDirectory() && readdirSync(target).length === 0) return;
  const message = `EEXIST: ${target} is there already; a bundle is never written over anything`;
  throw Object.assign(new Error(message), { code: 'EEXIST' });
}

export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
