import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { artifactStoreContract } from '../contract/artifact-store.js';
import { DiskArtifactStore } from './disk-artifact-store.js';
import { diskError } from './disk-errors.js';
import { verifying } from './verifying.js';

const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');
const fileIn = (dir: string, digest: string) => join(dir, 'sha256', digest.slice(0, 2), digest);
const filesIn = (dir: string) =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

/** Another process that has a body in the making; it ends by itself when nobody kills it. */
const DIES_STAGING = `
  import { mkdirSync, writeFileSync } from 'node:fs';
  import Database from 'better-sqlite3';
  const { FOLDER } = process.env;
  // Kept, so that nothing collects it and its lock.
  globalThis.lock = new Database(FOLDER + '/other.lock');
  globalThis.lock.exec('BEGIN EXCLUSIVE');
  mkdirSync(FOLDER + '/other');
  writeFileSync(FOLDER + '/other/x.part', 'half');
  process.stdout.write('ready');
  setTimeout(() => undefined, 60_000);
`;

artifactStoreContract('on disk', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'custody-artifacts-'));
  return {
    store: new DiskArtifactStore(dir),
    limitedTo: (maxBytes) => new DiskArtifactStore(dir, { maxBytes }),
    overwrite: (digest, bytes) => writeFile(fileIn(dir, digest), bytes),
    remove: (digest) => rm(fileIn(dir, digest)),
    objects: async () => filesIn(dir).filter((name) => !/\.(part|lock)$/.test(name)),
    leftovers: async () => filesIn(dir).filter((name) => name.endsWith('.part')),
    close: async () => rmSync(dir, { recursive: true, force: true }),
  };
});

describe('the folder of the artifact store', () => {
  let dir: string;
  let store: DiskArtifactStore;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'custody-artifacts-'));
    store = new DiskArtifactStore(dir);
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('is cleared of what a process that died left in the making, and of nothing younger', async () => {
    await store.put(Buffer.from('x'));
    const old = join(dir, 'incoming', 'old.part');
    const young = join(dir, 'incoming', 'young.part');
    writeFileSync(old, 'half');
    writeFileSync(young, 'half');
    utimesSync(old, new Date(0), new Date(0));
    await new DiskArtifactStore(dir).clean();
    expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
  });

  it('holds what each living process has in the making, and nothing of those that died', async () => {
    const receiving = new PassThrough();
    const put = store.put(receiving);
    receiving.write('first half, ');
    const died = spawn(process.execPath, ['--input-type=module', '--eval', DIES_STAGING], {
      env: { ...process.env, FOLDER: join(dir, 'incoming'), NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(died, 'exit');
    await once(died.stdout, 'data');
    const other = new DiskArtifactStore(dir);
    const parts = () => filesIn(dir).filter((name) => name.endsWith('.part'));
    await other.clean();
    expect(parts()).toHaveLength(2);
    died.kill('SIGKILL');
    await ended;
    await other.clean();
    expect(parts()).toHaveLength(1);
    receiving.end('second half');
    expect(await put).toMatchObject({ sha256: sha256('first half, second half') });
    store.close();
    other.close();
    await other.clean();
    expect(readdirSync(join(dir, 'incoming'))).toEqual([]);
  });

  it('can be made at the next try when it could not be made before', async () => {
    const blocked = join(dir, 'blocked');
    writeFileSync(blocked, 'a file in the way');
    const later = new DiskArtifactStore(blocked);
    await expect(later.put(Buffer.from('x'))).rejects.toThrow();
    rmSync(blocked);
    const { sha256: digest } = await later.put(Buffer.from('x'));
    expect(readFileSync(fileIn(blocked, digest), 'utf8')).toBe('x');
  });

  it('never reads through a link, and replaces one instead of writing through it', async () => {
    const secret = join(dir, 'secret');
    writeFileSync(secret, 'hello');
    const file = fileIn(dir, sha256('hello'));
    mkdirSync(dirname(file), { recursive: true });
    symlinkSync(secret, file);
    await expect(store.open(sha256('hello'))).rejects.toMatchObject({ code: 'artifact-missing' });
    expect(await store.has(sha256('hello'))).toBe(false);
    rmSync(file);
    symlinkSync(secret, fileIn(dir, sha256('hello')));
    writeFileSync(secret, 'another');
    await store.put(Buffer.from('hello'));
    expect((await store.read(sha256('hello'))).toString()).toBe('hello');
    expect(readFileSync(secret, 'utf8')).toBe('another');
  });

  it('takes a folder in the place of a file for nothing', async () => {
    mkdirSync(fileIn(dir, 'a'.repeat(64)), { recursive: true });
    await expect(store.open('a'.repeat(64))).rejects.toMatchObject({ code: 'artifact-missing' });
  });
});

describe('bytes that rot while they stream', () => {
  it('never come out whole', async () => {
    const stream = verifying(sha256('first, second'));
    const out: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => out.push(chunk));
    const ended = new Promise((resolve) => stream.once('error', resolve));
    stream.write('first, ');
    stream.end('sEcond');
    expect(await ended).toMatchObject({ code: 'artifact-damaged', actual: sha256('first, sEcond') });
    expect(Buffer.concat(out).toString()).toBe('first, ');
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
