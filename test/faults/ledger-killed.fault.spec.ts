import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { anEvent } from '../../src/ledger/contract/harness.js';
import { LEASH } from '../support/custody.js';
import { expectSound, SqliteLab } from '../../src/ledger/sqlite/testing/sqlite-lab.js';

const ROUNDS = 6;
const PROCESSES = 3;
/** Compiled code, as it runs in production: `npm test` builds it first. */
const WRITER = fileURLToPath(new URL('./ledger-writer.mjs', import.meta.url));

/** A process that appends, and what it has said to be acknowledged. */
class WriterProcess {
  private said = '';
  private errors = '';
  private readonly process: ChildProcess;

  constructor(file: string, name: string) {
    this.process = spawn(process.execPath, [...LEASH, WRITER, file, name], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.process.stdout!.on('data', (chunk: Buffer) => (this.said += chunk.toString()));
    this.process.stderr!.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
  }

  /** Kills it at a random moment once it is at work; answers the ids of all events that were acknowledged to it. */
  async kill(): Promise<readonly string[]> {
    while (!this.said.includes('\n')) {
      if (this.process.exitCode !== null) throw new Error(`the writer failed: ${this.errors}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 400));
    const closed = once(this.process, 'close');
    this.process.kill('SIGKILL');
    const [code, signal] = (await closed) as [number | null, string | null];
    if (signal !== 'SIGKILL') throw new Error(`the writer ended with ${code} before it was killed: ${this.errors}`);
    // The last line may be cut short: then its append was acknowledged, but nobody heard of it.
    return this.said.slice(0, this.said.lastIndexOf('\n')).split(/\s+/);
  }
}

describe('kill -9 of several processes that append to one log', () => {
  let lab: SqliteLab;
  beforeEach(() => {
    lab = new SqliteLab();
  });
  afterEach(() => lab.dispose());

  it('loses no event that was acknowledged, skips no position, and the log goes on', async () => {
    const acknowledged: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const writers = Array.from({ length: PROCESSES }, (_, index) => new WriterProcess(lab.file, `${round}-${index}`));
      acknowledged.push(...(await Promise.all(writers.map((writer) => writer.kill()))).flat());
      const present = lab.prompt((db) => {
        expectSound(db);
        return new Set(db.prepare('SELECT id FROM events').pluck().all() as string[]);
      });
      expect(acknowledged.filter((id) => !present.has(id))).toEqual([]);
    }
    expect(acknowledged.length).toBeGreaterThan(ROUNDS * PROCESSES);

    const ledger = await lab.open();
    const head = await ledger.head();
    expect(await ledger.append('after', [anEvent()], 'none')).toMatchObject({ position: head + 1 });
    const [last] = await ledger.read('shared', { direction: 'backwards', limit: 1 });
    expect(await ledger.append('shared', [anEvent()], last!.revision)).toMatchObject({ revision: last!.revision + 1 });
  });
});
