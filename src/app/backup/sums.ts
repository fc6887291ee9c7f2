import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

export interface Sum {
  readonly sha256: string;
  /** From the backup's folder on. */
  readonly path: string;
}

/** A line as `sha256sum` writes and checks it: `sha256sum --check SHA256SUMS` needs nothing of ours. */
export const sumLine = ({ sha256, path }: Sum): string => `${sha256}  ${path}\n`;

const LINE = /^([0-9a-f]{64}) {2}(.+)$/;
/** Nothing that a list says leads out of the backup, or of the artifacts beside it. */
const PATH =
  /^(?:\.\.\/artifacts\/sha256\/[0-9a-f]{2}\/[0-9a-f]{64}|(?!\.{1,2}(?:\/|$))[^/\\]+(?:\/(?!\.{1,2}(?:\/|$))[^/\\]+)*)$/;

/** @throws Error at a line that is none */
export async function* readSums(file: string): AsyncGenerator<Sum> {
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    const [, sha256, path] = LINE.exec(line) ?? [];
    if (sha256 === undefined || path === undefined || !PATH.test(path))
      throw new Error(`${file} has a line that is none of a backup's`);
    yield { sha256, path };
  }
}
