import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Options, transform } from '@swc/core';

const HERE = dirname(fileURLToPath(import.meta.url));
const SOURCES = resolve(HERE, '../../..');
const ROOT = dirname(SOURCES);

/**
 * The engine compiled as the build does it, in a directory of its own: a thread needs a file that Node can
 * run. The tests so don't depend on whether and when `dist` was built.
 */
export async function compileEngine(): Promise<{ url: (file: string) => string; remove: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'custody-engine-'));
  await writeFile(join(directory, 'package.json'), '{"type":"module"}');
  await symlink(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
  const options: Options = { configFile: join(ROOT, '.swcrc'), sourceMaps: false };
  for (const room of ['core', 'training/engine']) await compileRoom(room, directory, options);
  return {
    url: (file) => pathToFileURL(join(directory, 'training/engine', file)).href,
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

async function compileRoom(room: string, target: string, options: Options): Promise<void> {
  await mkdir(join(target, room), { recursive: true });
  const files = await readdir(join(SOURCES, room));
  for (const file of files.filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))) {
    const source = await readFile(join(SOURCES, room, file), 'utf8');
    const { code } = await transform(source, { ...options, filename: join(SOURCES, room, file) });
    await writeFile(join(target, room, file.replace(/\.ts$/, '.js')), code);
  }
}
