import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DiskArtifactStore } from './disk-artifact-store.js';
import { diskError } from './disk-errors.js';

const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');

describe('the artifact store on disk', () => {
  let dir: string;
  let store: DiskArtifactStore;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'custody-artifacts-'));
    store = new DiskArtifactStore(dir);
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const files = () => readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const fileOf = (digest: string) => join(dir, 'sha256', digest.slice(0, 2), digest);

  it('keeps bytes under their SHA-256 and gives them back', async () => {
    const stored = await store.put(Buffer.from('hello'));
    expect(stored).toEqual({ sha256: sha256('hello'), size: 5 });
    expect(await store.has(stored.sha256)).toBe(true);
    expect((await store.read(stored.sha256)).toString()).toBe('hello');
  });

  it('keeps the same bytes once, also when they come at the same time', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => store.put(Readable.from([Buffer.from('sa'), 'me']))));
    expect(new Set(all.map((each) => each.sha256))).toEqual(new Set([sha256('same')]));
    expect(files().map(({ name }) => name)).toEqual([sha256('same')]);
  });

  it('keeps an empty file', async () => {
    const { sha256: digest, size } = await store.put(Buffer.alloc(0));
    expect(size).toBe(0);
    expect(await store.read(digest)).toEqual(Buffer.alloc(0));
  });

  it('takes a stream without holding it in memory', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 7);
    let unread = 0;
    let most = 0;
    const source = Readable.from(
      (function* () {
        for (let index = 0; index < 64; index++) {
          unread += 1;
          most = Math.max(most, unread);
          yield chunk;
          unread -= 1;
        }
      })(),
      { objectMode: false, highWaterMark: chunk.length },
    );
    const stored = await store.put(source);
    expect(stored.size).toBe(64 * chunk.length);
    expect(most).toBe(1);
    expect(statSync(fileOf(stored.sha256)).size).toBe(stored.size);
  });

  it('leaves nothing behind when a body breaks off', async () => {
    const broken = new Readable({ read: () => undefined });
    broken.push('first half');
    const put = store.put(broken);
    broken.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
    await expect(put).rejects.toMatchObject({ kind: 'invalid', code: 'body-broken-off' });
    expect(files()).toEqual([]);
  });

  it('leaves nothing behind when a body is too large, and stops reading it', async () => {
    const endless = new Readable({ read: () => void endless.push(Buffer.alloc(1000)) });
    await expect(store.put(endless, { maxBytes: 5000 })).rejects.toMatchObject({
      kind: 'too-large',
      code: 'artifact-too-large',
    });
    expect(endless.destroyed).toBe(true);
    expect(files()).toEqual([]);
    const small = new DiskArtifactStore(dir, { maxBytes: 4 });
    await expect(small.put(Buffer.from('12345'))).rejects.toMatchObject({ code: 'artifact-too-large' });
    await expect(small.put(Buffer.from('1234'))).resolves.toMatchObject({ size: 4 });
  });

  it.each([
    ['changed', (file: string) => writeFileSync(file, 'hellO')],
    ['cut short', (file: string) => truncateSync(file, 4)],
    ['made longer', (file: string) => writeFileSync(file, 'hello!')],
    ['emptied', (file: string) => truncateSync(file, 0)],
  ])('fails the reader of bytes that were %s before the last of them is out', async (_what, damage) => {
    const { sha256: digest } = await store.put(Buffer.from('hello'));
    damage(fileOf(digest));
    const seen: Buffer[] = [];
    const reading = (async () => {
      for await (const chunk of await store.open(digest)) seen.push(chunk as Buffer);
    })();
    await expect(reading).rejects.toMatchObject({ kind: 'unavailable', code: 'artifact-damaged' });
    expect(Buffer.concat(seen)).toHaveLength(0);
  });

  it('mends a damaged copy when the same bytes come again', async () => {
    const { sha256: digest } = await store.put(Buffer.from('hello'));
    writeFileSync(fileOf(digest), 'hellO');
    await store.put(Buffer.from('hello'));
    expect((await store.read(digest)).toString()).toBe('hello');
  });

  it('says when bytes are missing', async () => {
    await expect(store.open('a'.repeat(64))).rejects.toMatchObject({ kind: 'unavailable', code: 'artifact-missing' });
    expect(await store.has('a'.repeat(64))).toBe(false);
  });

  it.each(['', '../../etc/passwd', 'A'.repeat(64), `${'a'.repeat(63)}/`, 'a'.repeat(65)])(
    'takes %j for no digest',
    async (digest) => {
      await expect(store.open(digest)).rejects.toMatchObject({
        kind: 'invalid',
        code: 'digest-invalid',
        field: 'sha256',
      });
      expect(await store.has(digest)).toBe(false);
    },
  );

  it('reads no more than it is asked to', async () => {
    const { sha256: digest } = await store.put(Buffer.from('hello'));
    await expect(store.read(digest, 4)).rejects.toMatchObject({ code: 'artifact-too-large' });
    expect(await store.read(digest, 5)).toHaveLength(5);
  });

  it('clears away what a process that died left in the making, and nothing younger', async () => {
    await store.put(Buffer.from('x'));
    const old = join(dir, 'incoming', 'old.part');
    const young = join(dir, 'incoming', 'young.part');
    writeFileSync(old, 'half');
    writeFileSync(young, 'half');
    utimesSync(old, new Date(0), new Date(0));
    await new DiskArtifactStore(dir).put(Buffer.from('y'));
    expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
  });

  it('can be tried again after the folder could not be made', async () => {
    const blocked = join(dir, 'blocked');
    writeFileSync(blocked, 'a file in the way');
    const later = new DiskArtifactStore(blocked);
    await expect(later.put(Buffer.from('x'))).rejects.toThrow();
    rmSync(blocked);
    const { sha256: digest } = await later.put(Buffer.from('x'));
    expect(readFileSync(join(blocked, 'sha256', digest.slice(0, 2), digest), 'utf8')).toBe('x');
  });
});

describe('an error of the disk', () => {
  it.each([
    ['ENOSPC', 'artifact-disk-full'],
    ['EDQUOT', 'artifact-disk-full'],
    ['EROFS', 'artifact-disk-read-only'],
    ['EACCES', 'artifact-disk-read-only'],
    ['EIO', 'artifact-disk-error'],
  ])('%s is told in words that help', (code, expected) => {
    expect(diskError(Object.assign(new Error('x'), { code }))).toMatchObject({ kind: 'unavailable', code: expected });
  });

  it('that nobody knows goes on as it is', () => {
    const error = new Error('odd');
    expect(diskError(error)).toBe(error);
  });
});
