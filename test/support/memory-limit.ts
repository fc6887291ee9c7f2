import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface MemoryLimit {
  /** What to put before a command so that it runs under the limit from its start. */
  readonly wrap: readonly string[];
  remove(): void;
}

/**
 * Holds processes to so many bytes by the kernel's own means: it takes the file cache back, and kills who
 * needs more for itself. `undefined` where this account may not make control groups.
 */
export function memoryLimit(bytes: number): MemoryLimit | undefined {
  const name = `custody-test-${process.pid}`;
  return (
    controlGroup(join('/sys/fs/cgroup/memory', name), [
      ['memory.limit_in_bytes', bytes],
      ['memory.memsw.limit_in_bytes', bytes],
    ]) ??
    controlGroup(join('/sys/fs/cgroup', name), [
      ['memory.max', bytes],
      ['memory.swap.max', 0],
    ])
  );
}

function controlGroup(folder: string, limits: readonly (readonly [string, number])[]): MemoryLimit | undefined {
  try {
    mkdirSync(folder);
  } catch {
    return undefined;
  }
  try {
    for (const [file, value] of limits) writeFileSync(join(folder, file), String(value), { flag: 'r+' });
  } catch {
    rmdirSync(folder);
    return undefined;
  }
  return {
    wrap: ['/bin/sh', '-c', `echo $$ > ${join(folder, 'cgroup.procs')} && exec "$@"`, 'sh'],
    remove: () => rmdirSync(folder),
  };
}
