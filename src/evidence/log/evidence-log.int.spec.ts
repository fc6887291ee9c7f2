import { existsSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FixedClock, Position, START } from '../../core/index.js';
import { fresh, readAllAfter, someEvents } from '../../ledger/contract/harness.js';
import { DoubleStore } from '../../ledger/eventstore/testing/double-store.js';
import { Ledger } from '../../ledger/index.js';
import { SqliteLab } from '../../ledger/sqlite/testing/sqlite-lab.js';
import { temporaryFolder } from '../../ledger/sqlite/testing/temporary-folder.js';
import { CheckpointStore } from '../checkpoints/checkpoint-store.js';
import { parseCheckpoint } from '../checkpoint.js';
import { entryOf } from '../entry.js';
import { evidenceFiles } from '../files.js';
import { CompactTree, leafHash, verifyConsistency, verifyInclusion } from '../merkle/index.js';
import { openNote, parseVkey } from '../note/index.js';
import { parseProofFile } from '../proof-file.js';
import { decodeBundle, tilesOf } from '../tiles/index.js';
import { Mismatch, TreeFollower } from '../tree/follower.js';
import { TreeFile } from '../tree/tree-file.js';
import { EvidenceLog } from './evidence-log.js';

const STORES = {
  SQLite: async () => new SqliteLab(),
  'EventStoreDB (double)': () => DoubleStore.start(),
} as const;

describe.each(Object.entries(STORES))('the evidence of a log in %s', (_name, start) => {
  const clock = new FixedClock();
  let store: Awaited<ReturnType<typeof start>>;
  let ledger: Ledger;
  let folder: ReturnType<typeof temporaryFolder>;
  let files: ReturnType<typeof evidenceFiles>;
  let evidence: EvidenceLog;
  let mismatches: Mismatch[];
  let damage: string[];

  const open = () =>
    new EvidenceLog({
      ledger,
      folder: folder.path('evidence'),
      keys: { file: folder.path('log-key'), setting: undefined, origin: '' },
      clock,
      onDamage: (problem) => damage.push(problem),
    });

  beforeEach(async () => {
    store = await start();
    ledger = await store.open();
    folder = temporaryFolder();
    files = evidenceFiles(folder.path('evidence'));
    [mismatches, damage] = [[], []];
    evidence = open();
  });
  afterEach(async () => {
    evidence.close();
    await store.dispose();
    folder.remove();
  });

  const write = async (count: number) => {
    for (let left = count; left > 0; left -= 500)
      await ledger.append(fresh('thing'), someEvents(Math.min(left, 500)), 'none');
  };

  /** A follower's life: it opens what is there, catches up and closes. Answers why it built the tree again. */
  async function follow(): Promise<readonly string[]> {
    const checkpoints = CheckpointStore.open(files.checkpoints);
    const rebuilt: string[] = [];
    const follower = new TreeFollower({
      ledger,
      file: files.tree,
      signedBeyond: (size) => checkpoints.signedBeyond(size),
      onMismatch: (mismatch) => mismatches.push(mismatch),
      onRebuild: (why) => rebuilt.push(why),
    });
    try {
      await follower.catchUp();
      while (await follower.scrub(1));
    } finally {
      follower.close();
      checkpoints.close();
    }
    return rebuilt;
  }

  const verifiers = () => evidence.checkpoints.keys().map(({ vkey }) => parseVkey(vkey));

  it('has the root of the log, grown in steps or built at once, and proves every kind of place', async () => {
    const sizes = [1, 255, 256, 257, 600];
    for (const [at, size] of sizes.entries()) {
      await write(size - (sizes[at - 1] ?? 0));
      expect(await follow()).toEqual([]);
      expect(evidence.issue().size).toBe(size);
      clock.advance(1);
    }
    const events = await readAllAfter(ledger, START);
    const tree = CompactTree.empty();
    for (const event of events) tree.append(leafHash(entryOf(event)));
    const { note, root } = evidence.issue();
    expect(root).toEqual(tree.root());
    expect(parseCheckpoint(openNote(note, verifiers()).text)).toEqual({ origin: evidence.origin, size: 600, root });
    for (const index of [0, 1, 255, 256, 511, 512, 599]) {
      const file = parseProofFile(await evidence.proofFile(events[index]!));
      const leaf = leafHash(entryOf(events[index]!));
      expect(verifyInclusion({ leaf, index, size: 600, hashes: file.hashes, root })).toBe(true);
      expect(file).toMatchObject({ index, checkpoint: note });
    }
    for (const first of sizes) expect(verifyConsistency(evidence.consistency(first, 600))).toBe(true);
    // Built again it is the same, byte for byte.
    const tiles = async () => Promise.all([...tilesOf(600)].map((name) => evidence.tile(name)));
    const before = await tiles();
    rmSync(files.tree);
    expect(await follow()).toEqual([]);
    expect(await tiles()).toEqual(before);
    expect(decodeBundle(before[0]!)).toEqual(events.slice(0, 256).map(entryOf));
    expect([mismatches, damage]).toEqual([[], []]);
  });

  it('signs what has been signed only once, and again for a new key', async () => {
    await write(3);
    await follow();
    const first = evidence.issue();
    expect(evidence.issue()).toEqual(first);
    const { old } = evidence.keys.rotate(clock.now(), (clock.now() + 10) as ReturnType<typeof clock.now>);
    expect(old).toHaveLength(1);
    const second = evidence.issue();
    expect([second.number, second.size]).toEqual([2, 3]);
    expect(openNote(second.note, verifiers()).verified).toHaveLength(2);
    clock.advance(10);
    await write(1);
    await follow();
    expect(openNote(evidence.issue().note, verifiers()).verified).toHaveLength(1);
    expect(evidence.checkpoints.keys().map(({ retiresAt }) => retiresAt === null)).toEqual([false, true]);
  });

  it.each<[string, (file: string) => void]>([
    ['cut short', (file) => truncateSync(file, 5000)],
    ['empty', (file) => writeFileSync(file, '')],
    ['overwritten', (file) => writeFileSync(file, Buffer.alloc(40_000, 7))],
    ['without a tile', (file) => prompt(file, 'DELETE FROM tile')],
    ['with a hash changed', (file) => prompt(file, 'UPDATE tile SET hashes = zeroblob(length(hashes)) WHERE key = 0')],
    ['with another edge', (file) => prompt(file, 'UPDATE state SET edge = zeroblob(length(edge))')],
    ['with another size', (file) => prompt(file, 'UPDATE state SET size = size + 1')],
    ['of another log', (file) => prompt(file, "UPDATE state SET first_event = 'other'")],
  ])('whose tree is %s is built again to what was signed', async (_what, harm) => {
    await write(300);
    await follow();
    const { root } = evidence.issue();
    evidence.close();
    harm(files.tree);
    for (const end of ['-wal', '-shm']) rmSync(files.tree + end, { force: true });
    expect(await follow()).toHaveLength(1);
    evidence = open();
    expect(evidence.integrated.size).toBe(300);
    const tree = TreeFile.open(files.tree);
    expect(tree.rootAt(300)).toEqual(root);
    tree.close();
    expect(existsSync(`${files.tree}.replaced`)).toBe(true);
    expect(mismatches).toEqual([]);
  });

  it('never signs what contradicts a checkpoint: of another tree, or of a larger one', async () => {
    await write(10);
    await follow();
    const { size, root } = evidence.issue();
    const forged = Buffer.from(root).fill(1, 0, 1);
    evidence.checkpoints.add({ origin: evidence.origin, size, root: forged }, 'forged\n\n— a AAAAAAA=\n', clock.now());
    await write(1);
    await follow();
    expect(() => evidence.issue()).toThrow(/is not what was signed/);
    evidence.checkpoints.add({ origin: evidence.origin, size: 99, root }, 'forged\n\n— a AAAAAAA=\n', clock.now());
    expect(() => evidence.issue()).toThrow(/99 events was signed, and the tree has only 11/);
    rmSync(files.tree);
    await follow();
    expect(mismatches.map((each) => each.size)).toEqual([10, 10, 99]);
    expect(damage).toHaveLength(2);
  });

  it('is never signed by a key made in place of one that is gone, until somebody says so', async () => {
    await write(2);
    await follow();
    evidence.issue();
    evidence.close();
    rmSync(folder.path('log-key'));
    evidence = open();
    expect(evidence.keys.problem).toMatch(/is gone/);
    expect(() => evidence.issue()).toThrow(/is gone/);
    evidence.keys.rotate(clock.now(), clock.now());
    expect(openNote(evidence.issue().note, verifiers()).verified).toHaveLength(1);
  });

  it('answers for no tile and no size that it does not have', async () => {
    await write(5);
    await follow();
    evidence.issue();
    expect(await evidence.tile({ level: 0, number: 0, width: 6 })).toBeUndefined();
    expect(await evidence.tile({ level: 'entries', number: 1, width: 1 })).toBeUndefined();
    expect(() => evidence.consistency(0, 5)).toThrow(/first/);
    expect(() => evidence.consistency(2, 6)).toThrow(/has 5 events/);
    await expect(evidence.proofFile({ id: someEvents(1)[0]!.id, position: 1 as Position })).rejects.toThrow(
      /not what was signed/,
    );
  });
});

describe('an event that was changed in the file of the log', () => {
  it('is named, is not proved, and makes another tree than the signed one', async () => {
    const lab = new SqliteLab();
    const folder = temporaryFolder();
    const ledger = await lab.open();
    await ledger.append('a', someEvents(5), 'none');
    const damage: string[] = [];
    const files = evidenceFiles(folder.path('evidence'));
    const keys = { file: folder.path('log-key'), setting: undefined, origin: 'lab.example/log' };
    const evidence = new EvidenceLog({
      ledger,
      folder: folder.path('evidence'),
      keys,
      clock: new FixedClock(),
      onDamage: (problem) => damage.push(problem),
    });
    const found: Mismatch[] = [];
    const options = {
      ledger,
      file: files.tree,
      signedBeyond: (size: number) => evidence.checkpoints.signedBeyond(size),
      onMismatch: (mismatch: Mismatch) => void found.push(mismatch),
    };
    const follower = new TreeFollower(options);
    await follower.catchUp();
    evidence.issue();
    lab.prompt((db) => {
      const sql = db.prepare<[], string>("SELECT sql FROM sqlite_schema WHERE type = 'trigger'").pluck().all();
      for (const name of db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all())
        db.exec(`DROP TRIGGER ${name}`);
      db.exec(`UPDATE events SET data = '{"changed":true}' WHERE position = 3`);
      for (const each of sql) db.exec(each);
    });
    const [, , changed] = await ledger.readAll();
    await expect(evidence.proofFile(changed!)).rejects.toThrow(`event ${changed!.id} is not what was signed`);
    await expect(evidence.tile({ level: 'entries', number: 0, width: 5 })).rejects.toThrow(`event ${changed!.id} at 2`);
    expect(damage).toHaveLength(2);
    await follower.rebuild('asked for');
    await follower.catchUp();
    expect(found).toEqual([{ size: 5, problem: 'the first 5 events of the log are not those that were signed' }]);
    expect(() => evidence.issue()).toThrow(/is not what was signed/);
    follower.close();
    evidence.close();
    await lab.dispose();
    folder.remove();
  });
});

function prompt(file: string, sql: string): void {
  const db = new Database(file);
  db.exec(sql);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}
