import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Micros } from '../../core/index.js';
import { TemporaryFolder, temporaryFolder } from './testing/temporary-folder.js';
import { ThreadWriter } from './thread-writer.js';

describe('the thread of the writer', () => {
  let folder: TemporaryFolder;
  let writer: ThreadWriter;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(async () => {
    await writer.close();
    folder.remove();
  });

  const group = { now: 1 as Micros, requests: [] };

  /** A writer whose thread runs this code for each message; `workerData` is the name of a file. */
  function threadThat(onMessage: string): ThreadWriter {
    const entry = folder.path('thread.mjs');
    const imports = `import { existsSync, writeFileSync } from 'node:fs'; import { parentPort, workerData } from 'node:worker_threads';`;
    const close = `if (message.kind === 'close') return parentPort.close();`;
    writeFileSync(entry, `${imports} parentPort.on('message', (message) => { ${close} ${onMessage} });`);
    return new ThreadWriter(folder.path('log.db'), pathToFileURL(entry));
  }

  it.each([
    ['exits', 'process.exit(1);'],
    ['throws', "throw new Error('out of luck');"],
  ])(
    'that %s leaves what it was asked with an unknown outcome, and is started again for the next',
    async (_how, die) => {
      const once = `if (!existsSync(workerData)) { writeFileSync(workerData, ''); ${die} }`;
      writer = threadThat(`${once} parentPort.postMessage({ kind: 'written', outcomes: [] });`);
      const asked = [writer.write(group), writer.write(group), writer.probe()];
      for (const each of asked) await expect(each).rejects.toMatchObject({ name: 'LedgerUnavailable', reason: 'io' });
      expect(await writer.write(group)).toEqual([]);
      await writer.probe();
    },
  );

  it("that tells of SQLite's error makes it the port's", async () => {
    writer = threadThat(
      "parentPort.postMessage({ kind: 'failed', code: 'SQLITE_FULL', message: 'database or disk is full' });",
    );
    await expect(writer.write(group)).rejects.toMatchObject({ name: 'LedgerUnavailable', reason: 'disk-full' });
  });

  it('that tells of a mistake in itself passes it on as it is', async () => {
    writer = threadThat("parentPort.postMessage({ kind: 'failed', code: '', message: 'TypeError: no' });");
    await expect(writer.write(group)).rejects.toThrow('TypeError: no');
  });
});
