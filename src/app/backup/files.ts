import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
} from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const CHUNK = 1024 * 1024;

export interface Copied {
  readonly sha256: string;
  readonly bytes: number;
}

/** Durable when it resolves; a copy that breaks off leaves nothing under its name. */
export async function copyFile(from: string, to: string, expected?: string): Promise<Copied> {
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  const draft = `${to}.part`;
  const hash = createHash('sha256');
  let bytes = 0;
  const handle = await open(draft, 'w', 0o600);
  try {
    for await (const chunk of createReadStream(from, { highWaterMark: CHUNK }) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
      await handle.writeFile(chunk);
    }
    await handle.sync();
    await handle.close();
    const sha256 = hash.digest('hex');
    if (expected !== undefined && sha256 !== expected) throw new OtherBytes(from, expected);
    renameSync(draft, to);
    return { sha256, bytes };
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(draft, { force: true });
    throw error;
  }
}

/** What was read is not what its name says. */
export class OtherBytes extends Error {
  override readonly name = 'OtherBytes';
  constructor(file: string, expected: string) {
    super(`${file} has not the SHA-256 ${expected}: it is damaged`);
  }
}

export async function digestOf(file: string): Promise<Copied> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** Regular files below a folder, sorted, by their paths from it; no link is followed. Nothing when there is no folder. */
export function filesBelow(folder: string, within = ''): readonly string[] {
  const here = join(folder, within);
  if (lstatSync(here, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(here, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = within === '' ? entry.name : `${within}/${entry.name}`;
      if (entry.isDirectory()) return filesBelow(folder, path);
      return entry.isFile() ? [path] : [];
    });
}

/** After it the folder's entries, and with `file` the file's bytes, are on the disk. */
export function sync(path: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
