import { accessSync, constants, mkdirSync, statSync } from 'node:fs';

/** A path that a person named can't be used as it was meant. The message names it, and the way out. */
export class UnusablePath extends Error {
  override readonly name = 'UnusablePath';
}

/** The folder that holds everything: there, and ours to write to. @throws UnusablePath */
export function prepareDataFolder(path: string): void {
  const way = 'name another folder with --data (CUSTODY_DATA)';
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    if (isFile(path)) throw new UnusablePath(`the data folder ${path} is a file, not a folder: ${way}`);
    throw new UnusablePath(`the data folder ${path} can't be made (${reasonOf(error)}): ${way}`);
  }
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const owner = 'give it to the user that runs custody, or';
    throw new UnusablePath(`the data folder ${path} can't be written to (${reasonOf(error)}): ${owner} ${way}`);
  }
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === false;

/** What the operating system says, without the call and the path that Node adds. */
export function reasonOf(error: unknown): string {
  const { code = '', message = String(error) } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? message.replace(/^[A-Z]+: /, '').replace(/, \w+( '.*)?$/, '');
}

const REASONS: Readonly<Record<string, string>> = {
  EISDIR: 'it is a folder',
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of the path is a file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
};
