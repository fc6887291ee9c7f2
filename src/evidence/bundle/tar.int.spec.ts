import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BundleFiles } from './bundle-files.js';
import { BundleSink } from './bundle-sink.js';
import { FolderFiles } from './folder-files.js';
import { FolderSink } from './folder-sink.js';
import { TarFiles } from './tar-files.js';
import { TarSink } from './tar-sink.js';

const LONG = `models/${'ü'.repeat(90)}/1/model.sig`;
const FILES: Readonly<Record<string, string>> = {
  'artifacts/empty': '',
  'events/000001.ndjson': `${'x'.repeat(3_000_000)}\n`,
  'manifest.json': '{}\n',
  [LONG]: 'signature',
};

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'custody-bundle-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function write(sink: BundleSink): Promise<void> {
  const events = await sink.begin('events/000001.ndjson');
  await events.write(Buffer.from(FILES['events/000001.ndjson']!.slice(0, 1_000_000)));
  for (const path of ['artifacts/empty', LONG]) await sink.put(path, Buffer.from(FILES[path]!));
  await events.write(Buffer.from(FILES['events/000001.ndjson']!.slice(1_000_000)));
  await events.end();
  await sink.put('manifest.json', Buffer.from('{}\n'));
  await sink.finish();
}

async function contents(files: BundleFiles): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const path of files.sizes.keys()) {
    const pieces: Buffer[] = [];
    for await (const piece of files.stream(path)) pieces.push(piece);
    found[path] = Buffer.concat(pieces).toString();
    expect((await files.read(path, 10_000_000))!.equals(Buffer.concat(pieces))).toBe(true);
  }
  await files.close();
  return found;
}

describe.each(['folder', 'tar'] as const)('a bundle as a %s', (kind) => {
  const create = (target: string) => (kind === 'tar' ? TarSink.create(target) : FolderSink.create(target));
  const read = (target: string) => (kind === 'tar' ? TarFiles.open(target) : FolderFiles.open(target));

  it('reads as it was written, and leaves nothing beside it', async () => {
    await write(await create(join(dir, 'b')));
    expect(await contents(await read(join(dir, 'b')))).toEqual(FILES);
    expect(readdirSync(dir)).toEqual(['b']);
  });

  it('is at its place only when it is whole', async () => {
    const sink = await create(join(dir, 'b'));
    await sink.put('manifest.json', Buffer.from('{}'));
    expect(readdirSync(dir)).not.toContain('b');
    await sink.abandon();
    expect(readdirSync(dir)).toEqual([]);
  });

  it('is never written over anything', async () => {
    mkdirSync(join(dir, 'b'));
    writeFileSync(join(dir, 'b', 'mine'), 'keep');
    await expect(create(join(dir, 'b'))).rejects.toMatchObject({ code: 'EEXIST' });
  });

  it('does not read a file that is larger than it can be', async () => {
    await write(await create(join(dir, 'b')));
    const files = await read(join(dir, 'b'));
    await expect(files.read('events/000001.ndjson', 1000)).rejects.toThrow('is larger than such a file can be');
    expect(await files.read('no/such/file', 1000)).toBeUndefined();
    await files.close();
  });
});

describe('a bundle as a .tar', () => {
  it('is one that tar unpacks, and one that tar packs can be read', async () => {
    await write(await TarSink.create(join(dir, 'b.tar')));
    mkdirSync(join(dir, 'unpacked'));
    execFileSync('tar', ['-xf', join(dir, 'b.tar'), '-C', join(dir, 'unpacked')]);
    expect(await contents(await FolderFiles.open(join(dir, 'unpacked')))).toEqual(FILES);
    for (const format of ['gnu', 'pax']) {
      const again = join(dir, `${format}.tar`);
      execFileSync('tar', [`--format=${format}`, '-cf', again, '-C', join(dir, 'unpacked'), '.']);
      expect(await contents(await TarFiles.open(again))).toEqual(FILES);
    }
  });

  it('has every byte looked at: whatever is flipped anywhere is noticed', async () => {
    const sink = await TarSink.create(join(dir, 'b.tar'));
    for (const path of ['manifest.json', LONG]) await sink.put(path, Buffer.from(FILES[path]!));
    await sink.finish();
    const bytes = readFileSync(join(dir, 'b.tar'));
    const whole = await TarFiles.inMemory(bytes).then(contents);
    const unnoticed: number[] = [];
    for (let at = 0; at < bytes.length; at++) {
      const right = bytes[at]!;
      bytes[at] = right ^ 0x01;
      const found = await TarFiles.inMemory(bytes).then(contents, (error: Error) => error.name);
      if (JSON.stringify(found) === JSON.stringify(whole)) unnoticed.push(at);
      bytes[at] = right;
    }
    expect(unnoticed).toEqual([]);
  });

  it('that is cut short anywhere is none', async () => {
    await write(await TarSink.create(join(dir, 'b.tar')));
    const bytes = readFileSync(join(dir, 'b.tar'));
    for (const length of [0, 100, 512, 700, bytes.length - 1024, bytes.length - 1500])
      await expect(TarFiles.inMemory(bytes.subarray(0, length))).rejects.toThrow('cut short');
  });
});

it('follows no link, and takes no path that climbs', async () => {
  const bundle = join(dir, 'b');
  mkdirSync(bundle);
  symlinkSync('/etc/passwd', join(bundle, 'manifest.json'));
  await expect(FolderFiles.open(bundle)).rejects.toThrow('neither a file nor a folder');
  execFileSync('tar', ['-cf', join(dir, 'link.tar'), '-C', bundle, 'manifest.json']);
  await expect(TarFiles.open(join(dir, 'link.tar'))).rejects.toThrow('neither a file nor a folder');
  writeFileSync(join(dir, 'outside'), 'x');
  execFileSync('tar', ['-P', '-cf', join(dir, 'up.tar'), '-C', bundle, '../outside']);
  await expect(TarFiles.open(join(dir, 'up.tar'))).rejects.toThrow('no name of a file in a bundle');
  expect(dirname(bundle)).toBe(dir);
});
