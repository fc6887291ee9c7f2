import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DiskArtifactStore } from '../../artifacts/index.js';
import { EventId, FixedClock, Micros, NewEvent, RecordedEvent, systemContext, uuidv7 } from '../../core/index.js';
import { CompactTree, entryOf, formatCheckpoint, leafHash } from '../../evidence/index.js';
import { Ledger } from '../../ledger/index.js';
import { endOfLog, openSqliteLedger } from '../../ledger/sqlite/index.js';
import { readSettings, Settings } from '../config/settings.js';
import { backUp } from './back-up.js';
import { copyKeys } from './keys.js';
import { readCheckpoint } from './point-in-time.js';
import { restore } from './restore.js';
import { verifyBackup } from './verify-backup.js';

const HOUR = 3_600_000_000;
const newEvent = (number: number): NewEvent => {
  const { actor, origin, correlationId } = systemContext(0 as Micros, 'a test');
  return { id: uuidv7() as EventId, type: 'Tested', schema: 1, data: { number }, actor, origin, correlationId };
};

function rootOf(events: readonly RecordedEvent[]): Buffer {
  const tree = CompactTree.empty();
  for (const event of events) tree.append(leafHash(entryOf(event)));
  return tree.root();
}

describe('a backup', () => {
  let folder: string;
  let settings: Settings;
  let ledger: Ledger;
  let store: DiskArtifactStore;
  let clock: FixedClock;
  const at = (...parts: string[]) => join(folder, ...parts);
  const make = () => backUp(settings, at('backups'), { version: '1.2.3' });
  const append = async (count: number) => {
    for (let index = 0; index < count; index++) {
      clock.advance(HOUR);
      await ledger.append(`stream-${index % 3}`, [newEvent(index)], 'any');
    }
  };
  const everything = async (data: string) => {
    const opened = await openSqliteLedger({ file: join(data, 'log.db'), clock });
    try {
      return await opened.readAll({ limit: 10_000 });
    } finally {
      await opened.close();
    }
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'custody-backup-'));
    settings = readSettings({}, { data: at('data') });
    mkdirSync(at('data', 'evidence'), { recursive: true });
    mkdirSync(at('data', 'keys'));
    writeFileSync(at('data', 'keys', 'master.key'), 'a key', { mode: 0o600 });
    writeFileSync(at('data', 'evidence', 'checkpoint'), 'signed');
    clock = new FixedClock();
    ledger = await openSqliteLedger({ file: at('data', 'log.db'), clock });
    store = new DiskArtifactStore(at('data', 'artifacts'));
    await store.put(Buffer.from('weights'));
    await store.put(Buffer.alloc(3_000_000, 7));
    await append(40);
  });
  afterEach(async () => {
    await ledger.close();
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('of a log that is being written to is what was there at one moment, and becomes the same data folder', async () => {
    const writing = { done: false };
    const writer = (async () => {
      while (!writing.done) await append(1);
    })();
    const { folder: made, manifest } = await make();
    writing.done = true;
    await writer;
    await expect(verifyBackup(at('backups'))).resolves.toMatchObject({ folder: made, problems: [], files: 4 });
    const all = await ledger.readAll({ limit: 10_000 });
    expect(manifest.log.events).toBeGreaterThanOrEqual(40);
    const restored = await restore(at('backups'), at('new'));
    expect(restored).toMatchObject({ events: manifest.log.events, evidence: true, keys: false });
    expect(await everything(at('new'))).toEqual(all.slice(0, manifest.log.events));
    expect(readFileSync(at('new', 'evidence', 'checkpoint'), 'utf8')).toBe('signed');
    expect(existsSync(at('new', 'restoring'))).toBe(false);
    const other = new DiskArtifactStore(at('new', 'artifacts'));
    for (const name of readdirSync(at('data', 'artifacts', 'sha256')).flatMap((two) =>
      readdirSync(at('data', 'artifacts', 'sha256', two)),
    ))
      expect((await other.read(name)).equals(await store.read(name))).toBe(true);
    other.close();
  });

  it('is checked by sha256sum', async () => {
    const { folder: made } = await make();
    execFileSync('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: made });
  });

  it('copies no artifact twice, and each is whole by itself', async () => {
    expect(await make()).toMatchObject({ newArtifacts: 2, manifest: { artifacts: { files: 2, bytes: 3_000_007 } } });
    await store.put(Buffer.from('more'));
    await append(1);
    const second = await make();
    expect(second).toMatchObject({ newArtifacts: 1, manifest: { log: { events: 41 }, artifacts: { files: 3 } } });
    const [first] = readdirSync(at('backups')).filter((name) => name.startsWith('2'));
    rmSync(at('backups', first!), { recursive: true });
    await expect(verifyBackup(at('backups'))).resolves.toMatchObject({ problems: [] });
  });

  it('leaves out an artifact that is damaged, and says so', async () => {
    const { sha256 } = await store.put(Buffer.from('to be damaged'));
    writeFileSync(at('data', 'artifacts', 'sha256', sha256.slice(0, 2), sha256), 'damaged');
    const { manifest } = await make();
    expect(manifest).toMatchObject({ damaged: [sha256], artifacts: { files: 2 } });
    expect((await verifyBackup(at('backups'))).problems).toEqual([
      `artifact ${sha256} was damaged when the backup was made`,
    ]);
  });

  it('is not made in the data folder, of no log, or twice at a time', async () => {
    await expect(backUp(settings, at('data', 'backups'), { version: '1' })).rejects.toMatchObject({
      code: 'backup-in-data-folder',
    });
    await expect(backUp({ ...settings, data: at('none') }, at('backups'), { version: '1' })).rejects.toMatchObject({
      code: 'no-log',
    });
    const [one, two] = await Promise.allSettled([make(), make()]);
    expect(one.status).toBe('fulfilled');
    expect(two).toMatchObject({ status: 'rejected', reason: { code: 'backup-running' } });
  });

  it('that was stopped is none, and the next one removes what is left', async () => {
    const abort = new AbortController();
    const stopped = backUp(settings, at('backups'), {
      version: '1',
      signal: abort.signal,
      onProgress: ({ step }) => step === 'artifacts' && abort.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    await expect(restore(at('backups'), at('new'))).rejects.toMatchObject({ code: 'no-backup' });
    mkdirSync(at('backups', '2026-01-05T09-00-00Z.partial'));
    await expect(verifyBackup(at('backups'))).resolves.toMatchObject({
      problems: [expect.stringContaining('never finished')],
    });
    await make();
    expect(readdirSync(at('backups')).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  describe('that is damaged is told by verify, and nothing is restored of it', () => {
    const log = () =>
      at(
        'backups',
        readdirSync(at('backups')).find((name) => name.startsWith('2'))!,
        'log.db',
      );
    const beside = (name: string) => join(log(), '..', name);
    const artifact = () => {
      const two = readdirSync(at('backups', 'artifacts', 'sha256'))[0]!;
      return at('backups', 'artifacts', 'sha256', two, readdirSync(at('backups', 'artifacts', 'sha256', two))[0]!);
    };
    it.each<[string, () => void, RegExp]>([
      ['a log that is cut', () => truncateSync(log(), 8192), /log\.db is not what was backed up/],
      ['a log that is missing', () => rmSync(log()), /log\.db is missing/],
      ['a byte too many in a log', () => appendFileSync(log(), 'x'), /log\.db is not what/],
      ['an artifact that is missing', () => rmSync(artifact()), /artifacts\/sha256\/.* is missing/],
      ['an artifact that is another', () => writeFileSync(artifact(), 'x'), /artifacts\/sha256\/.* is not what/],
      ['a checkpoint that is another', () => writeFileSync(beside('evidence/checkpoint'), 'forged'), /evidence/],
      ['a list that is cut', () => truncateSync(beside('SHA256SUMS'), 70), /SHA256SUMS/],
      ['a list that is missing', () => rmSync(beside('SHA256SUMS')), /SHA256SUMS/],
      ['a manifest that is cut', () => truncateSync(beside('manifest.json'), 30), /manifest\.json can't be read/],
      ['a manifest of another format', () => writeFileSync(beside('manifest.json'), '{"format":"x"}'), /format/],
    ])('%s', async (_what, damage, words) => {
      await make();
      damage();
      const { problems } = await verifyBackup(log().replace('/log.db', ''));
      expect(problems).toEqual([expect.stringMatching(words)]);
      await expect(restore(log().replace('/log.db', ''), at('new'))).rejects.toMatchObject({
        kind: 'invalid',
        message: expect.stringMatching(words),
      });
      expect(existsSync(at('new')) ? readdirSync(at('new')) : []).toEqual([]);
    });

    it('a list that leads out of it', async () => {
      const { folder: made, manifest } = await make();
      const sums = `${'0'.repeat(64)}  ../../../etc/passwd\n`;
      writeFileSync(join(made, 'SHA256SUMS'), sums);
      const { createHash } = await import('node:crypto');
      const digest = createHash('sha256').update(sums).digest('hex');
      writeFileSync(join(made, 'manifest.json'), JSON.stringify({ ...manifest, sums: digest }));
      expect((await verifyBackup(made)).problems).toEqual([expect.stringMatching(/none of a backup's/)]);
      await expect(restore(made, at('new'))).rejects.toThrow(/none of a backup's/);
    });
  });

  it('is not restored over a log, and least of all over one that has moved on', async () => {
    await make();
    await expect(restore(at('backups'), at('data'))).rejects.toMatchObject({
      code: 'data-folder-in-use',
      message: expect.not.stringContaining('moved on'),
    });
    await append(2);
    await expect(restore(at('backups'), at('data'))).rejects.toMatchObject({
      message: expect.stringContaining('has moved on: it has 42 events, the backup 40'),
    });
    mkdirSync(at('full'));
    writeFileSync(at('full', 'notes.txt'), 'mine');
    await expect(restore(at('backups'), at('full'))).rejects.toMatchObject({ code: 'data-folder-not-empty' });
    expect(readdirSync(at('full'))).toEqual(['notes.txt']);
  });

  it('that was being restored is begun anew', async () => {
    await make();
    mkdirSync(at('new', 'restoring', 'artifacts'), { recursive: true });
    mkdirSync(at('new', 'artifacts'));
    writeFileSync(at('new', 'restoring', 'log.db'), 'half');
    await restore(at('backups'), at('new'));
    expect(readdirSync(at('new')).sort()).toEqual(['artifacts', 'evidence', 'log.db']);
    expect(endOfLog(at('new', 'log.db')).events).toBe(40);
  });

  it('has the keys at another place, the latest only, or nowhere', async () => {
    const keys = at('data', 'keys');
    await make();
    for (const beside of [at('backups'), at('backups', 'keys'), folder])
      await expect(copyKeys(keys, beside, at('backups'))).rejects.toMatchObject({ code: 'keys-beside-log' });
    expect(await copyKeys(keys, at('safe'), at('backups'))).toBe(1);
    expect(readFileSync(at('safe', 'master.key'), 'utf8')).toBe('a key');
    await expect(restore(at('backups'), at('new'), { keys: at('safe') })).rejects.toMatchObject({ code: 'no-keys' });
    writeFileSync(at('safe', 'keystore.db'), 'keys');
    expect(await restore(at('backups'), at('new'), { keys: at('safe') })).toMatchObject({ keys: true });
    expect(readFileSync(at('new', 'keys', 'master.key'), 'utf8')).toBe('a key');
    expect(execFileSync('stat', ['-c', '%a', at('new', 'keys', 'master.key')]).toString()).toBe('600\n');
  });

  describe('restored to a point in time', () => {
    let events: readonly RecordedEvent[];
    beforeEach(async () => {
      events = await ledger.readAll({ limit: 100 });
      await make();
    });
    const checkpoint = (size: number, root: Buffer) => {
      writeFileSync(at('checkpoint'), `${formatCheckpoint({ origin: 'lab/log', size, root })}\n— lab/log AAAA\n`);
      return { kind: 'checkpoint' as const, checkpoint: readCheckpoint(at('checkpoint')) };
    };

    it('is the log that the checkpoint was about, and goes on from there', async () => {
      const root = rootOf(events.slice(0, 13));
      const restored = await restore(at('backups'), at('new'), { at: checkpoint(13, root) });
      expect(restored).toMatchObject({ events: 13, root: root.toString('hex'), evidence: false });
      expect(await everything(at('new'))).toEqual(events.slice(0, 13));
      const log = readFileSync(at('new', 'log.db'));
      expect(log.includes(events[12]!.id)).toBe(true);
      expect(log.includes(events[13]!.id)).toBe(false);
      const again = await openSqliteLedger({ file: at('new', 'log.db'), clock });
      await expect(again.append('stream-0', [newEvent(1)], 4)).resolves.toMatchObject({ position: 14, revision: 5 });
      await again.close();
    });

    it('is refused when the root is another, and leaves nothing', async () => {
      const other = checkpoint(13, rootOf(events.slice(1, 14)));
      await expect(restore(at('backups'), at('new'), { at: other })).rejects.toMatchObject({
        code: 'checkpoint-mismatch',
      });
      expect(readdirSync(at('new'))).toEqual([]);
      const later = checkpoint(41, rootOf(events));
      await expect(restore(at('backups'), at('new'), { at: later })).rejects.toMatchObject({ code: 'beyond-backup' });
      writeFileSync(at('none'), 'not a checkpoint');
      expect(() => readCheckpoint(at('none'))).toThrow(/no checkpoint/);
    });

    it('is what had been recorded then', async () => {
      const time = events[6]!.recordedAt;
      for (const [micros, count] of [
        [time, 7],
        [time - 1, 6],
        [time + 1, 7],
        [events[39]!.recordedAt + HOUR, 40],
      ] as const) {
        const restored = await restore(at('backups'), at(`new-${micros}`), {
          at: { kind: 'time', time: micros as Micros },
        });
        expect(restored.events).toBe(count);
      }
      const before = { kind: 'time' as const, time: 1 as Micros };
      await expect(restore(at('backups'), at('new'), { at: before })).rejects.toMatchObject({ code: 'before-the-log' });
    });
  });
});
