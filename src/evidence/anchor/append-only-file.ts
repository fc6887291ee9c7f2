import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { splitNote } from '../note/index.js';
import { AnchoredCheckpoint, AnchorError, fileNameOf, folderNameOf } from './anchor.js';

/**
 * Writes a checkpoint under its own name and never over another: linked into place once it is whole and on disk.
 * What is there already must be the same checkpoint; its cosignatures may differ. Answers the path within `folder`.
 */
export async function writeOnce(folder: string, { note, text, checkpoint }: AnchoredCheckpoint): Promise<string> {
  const [own, name] = [folderNameOf(checkpoint), fileNameOf(checkpoint)];
  await mkdir(join(folder, own), { recursive: true });
  const path = join(folder, own, name);
  const draft = join(folder, own, `.${randomUUID()}.tmp`);
  try {
    await durably(draft, note);
    await link(draft, path).catch((error: NodeJS.ErrnoException) => sameAs(error, path, text));
    await flushFolder(join(folder, own));
  } finally {
    await rm(draft, { force: true });
  }
  return join(own, name);
}

async function durably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o644);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function sameAs(error: NodeJS.ErrnoException, path: string, text: string): Promise<void> {
  if (error.code !== 'EEXIST') throw error;
  if (!isSame(await readFile(path, 'utf8'), text)) {
    throw new AnchorError(`${path} is there and holds something else than this checkpoint; it was left as it is`);
  }
}

function isSame(file: string, text: string): boolean {
  try {
    return splitNote(file).text === text;
  } catch {
    return false;
  }
}

async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
