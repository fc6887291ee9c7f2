import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventId, Micros, systemClock, systemContext, uuidv7 } from '../../core/index.js';
import { CompactTree, entryOf, leafHash } from '../../evidence/index.js';
import { DoubleStore } from '../../ledger/eventstore/testing/double-store.js';
import { openSqliteLedger } from '../../ledger/sqlite/index.js';
import { readSettings } from '../config/settings.js';
import { backUp } from './back-up.js';
import { restore } from './restore.js';
import { verifyBackup } from './verify-backup.js';

describe('a backup of a log in EventStoreDB', () => {
  let store: DoubleStore;
  let folder: string;
  beforeEach(async () => {
    store = await DoubleStore.start();
    folder = mkdtempSync(join(tmpdir(), 'custody-backup-'));
  });
  afterEach(async () => {
    await store.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has every event with its id, revision and time, and becomes a SQLite log with the same Merkle root', async () => {
    const ledger = await store.open();
    const { actor, origin, correlationId } = systemContext(0 as Micros, 'a test');
    for (let number = 0; number < 1200; number += 40) {
      const events = Array.from({ length: 40 }, (_, index) => ({
        id: uuidv7() as EventId,
        type: 'Tested',
        schema: 1,
        data: { number: number + index },
        actor,
        origin,
        correlationId,
      }));
      await ledger.append(`stream-${number % 7}`, events, 'any');
    }
    const data = join(folder, 'data');
    mkdirSync(data);
    const settings = readSettings({}, { data, ledger: store.connectionString });
    const { manifest } = await backUp(settings, join(folder, 'backups'), { version: '1' });
    expect(manifest.log.events).toBe(1200);
    expect((await verifyBackup(join(folder, 'backups'))).problems).toEqual([]);

    const at = { kind: 'size', size: 1200 } as const;
    const { root } = await restore(join(folder, 'backups'), join(folder, 'new'), { at });
    const tree = CompactTree.empty();
    const original = await ledger.readAll({ limit: 2000 });
    for (const event of original) tree.append(leafHash(entryOf(event)));
    expect(root).toBe(tree.root().toString('hex'));

    const restored = await openSqliteLedger({ file: join(folder, 'new', 'log.db'), clock: systemClock });
    const events = await restored.readAll({ limit: 2000 });
    await restored.close();
    expect(events.map(({ id, revision, recordedAt }) => [id, revision, recordedAt])).toEqual(
      original.map(({ id, revision, recordedAt }) => [id, revision, recordedAt]),
    );
  });
});
