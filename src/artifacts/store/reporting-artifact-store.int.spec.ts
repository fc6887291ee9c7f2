import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { EventCatalogue, FixedClock, NewEvent } from '../../core/index.js';
import { AppendResult, DecisionMaker, ExpectedRevision, LedgerUnavailable } from '../../ledger/index.js';
import { MemoryLedger } from '../../ledger/memory/index.js';
import { bytesEvents } from '../bytes/events.js';
import { ArtifactStore, StoredBytes } from './artifact-store.js';
import { ReportingArtifactStore } from './reporting-artifact-store.js';
import { DamagedBytes, MissingBytes } from './store-errors.js';
import { verifying } from './verifying.js';

const DIGEST = createHash('sha256').update('stored').digest('hex');

/** Fails as it is told to. */
class BrokenStore extends ArtifactStore {
  constructor(private readonly opening: () => Readable) {
    super();
  }
  async put(): Promise<StoredBytes> {
    return { sha256: DIGEST, size: 6 };
  }
  async open(): Promise<Readable> {
    return this.opening();
  }
  async has(): Promise<boolean> {
    return true;
  }
  async clean(): Promise<void> {}
  close(): void {}
}

class FullLedger extends MemoryLedger {
  override async append(_stream: string, _events: readonly NewEvent[], _at: ExpectedRevision): Promise<AppendResult> {
    throw new LedgerUnavailable('the disk is full', 'disk-full');
  }
}

describe('the reports of an artifact store', () => {
  const clock = new FixedClock();
  let logged: string[];
  beforeEach(() => {
    logged = [];
    jest.spyOn(Logger.prototype, 'error').mockImplementation((message: unknown) => void logged.push(String(message)));
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  function over(opening: () => Readable, ledger = new MemoryLedger(clock)) {
    const decisions = new DecisionMaker(ledger, new EventCatalogue(bytesEvents));
    return { store: new ReportingArtifactStore(new BrokenStore(opening), decisions, clock), ledger };
  }
  const failing = (error: Error) => () => {
    throw error;
  };

  it('say what was found instead, by whom and why it was looked at, before the reader is refused', async () => {
    const { store, ledger } = over(failing(new DamagedBytes(DIGEST, 'b'.repeat(64))));
    await expect(store.read(DIGEST)).rejects.toMatchObject({ code: 'artifact-damaged' });
    expect(await ledger.readAll()).toMatchObject([
      {
        type: 'ArtifactDamageFound',
        stream: `artifact-bytes-${DIGEST}`,
        actor: { kind: 'system' },
        reason: 'stored bytes were verified before they were given out',
        data: { sha256: DIGEST, finding: 'damaged', actual: 'b'.repeat(64), foundAt: clock.now() },
      },
    ]);
    expect(logged).toEqual([expect.stringContaining(DIGEST)]);
  });

  it('come also for bytes that are gone', async () => {
    const { store, ledger } = over(failing(new MissingBytes(DIGEST)));
    await expect(store.open(DIGEST)).rejects.toMatchObject({ code: 'artifact-missing' });
    expect(await ledger.readAll()).toMatchObject([{ data: { sha256: DIGEST, finding: 'missing' } }]);
  });

  it('come also when it shows only while the bytes are on their way', async () => {
    const { store, ledger } = over(() => Readable.from([Buffer.from('rotten')]).pipe(verifying(DIGEST)));
    const stream = await store.open(DIGEST);
    await expect(stream.toArray()).rejects.toMatchObject({ code: 'artifact-damaged' });
    await new Promise((done) => setImmediate(done));
    expect(await ledger.readAll()).toMatchObject([{ data: { sha256: DIGEST, finding: 'damaged' } }]);
  });

  it('are not made of other errors, nor of a reader that goes away', async () => {
    const { store, ledger } = over(failing(new Error('odd')));
    await expect(store.open(DIGEST)).rejects.toThrow('odd');
    const { store: fine, ledger: quiet } = over(() => Readable.from([Buffer.from('stored')]).pipe(verifying(DIGEST)));
    (await fine.open(DIGEST)).destroy(new Error('gone'));
    await new Promise((done) => setImmediate(done));
    expect([await ledger.readAll(), await quiet.readAll(), logged]).toEqual([[], [], []]);
  });

  it('that cannot be recorded change no refusal and are logged', async () => {
    const { store } = over(failing(new DamagedBytes(DIGEST, 'b'.repeat(64))), new FullLedger(clock));
    await expect(store.open(DIGEST)).rejects.toMatchObject({ code: 'artifact-damaged' });
    expect(logged).toEqual([expect.stringContaining(DIGEST), expect.stringContaining('the disk is full')]);
  });
});
