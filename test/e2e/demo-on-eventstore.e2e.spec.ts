import { ChildProcess, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { custody, dataFolder, LEASH } from '../support/custody.js';

/** A real server when EVENTSTOREDB_URL names one, the double in a process of its own otherwise. */
async function eventStore(folder: string): Promise<{ url: string; stop: () => void }> {
  const real = process.env['EVENTSTOREDB_URL'];
  if (real) return { url: real, stop: () => undefined };
  const double: ChildProcess = spawn(
    process.execPath,
    [...LEASH, resolve('test/eventstore-double/main.mjs'), '--port', '0', '--file', join(folder, 'eventstore.log')],
    { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
  );
  const url = await new Promise<string>((done, reject) => {
    double.stdout!.on('data', (chunk) => {
      const found = /listening on (esdb:\S+)/.exec(String(chunk));
      if (found) done(found[1]!);
    });
    double.once('exit', (code) => reject(new Error(`the double ended with ${code}`)));
  });
  return { url, stop: () => double.kill('SIGTERM') };
}

describe('the whole application on EventStoreDB', () => {
  const data = dataFolder();
  let store: Awaited<ReturnType<typeof eventStore>>;
  beforeAll(async () => {
    store = await eventStore(data.path);
  });
  afterAll(() => {
    store.stop();
    data.remove();
  });

  it('plays the same story, worker included, with no log file of its own', async () => {
    const folder = join(data.path, 'data');
    const { code, out, err } = await custody(['demo', '--exit', '--data', folder], { CUSTODY_LEDGER: store.url });
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(/1 +Production/);
    expect(out).toMatch(/WARNING.*TEST003.*TEST005/s);
    expect(out).toMatch(/TrainingSucceeded by svc-training-worker for senior\.ds\.lead/);
    expect(readdirSync(folder)).not.toContain('log.db');
  });

  it('rebuilds its read models from there', async () => {
    const { code, out } = await custody(['rebuild', '--data', join(data.path, 'data'), '--json'], {
      CUSTODY_LEDGER: store.url,
    });
    expect(code).toBe(0);
    expect((JSON.parse(out) as { events: number }).events).toBeGreaterThan(20);
  });
});

describe('an EventStoreDB that is away', () => {
  it('is named without its password, and the status is 69', async () => {
    const data = dataFolder();
    const { code, err } = await custody(['serve', '--port', '0', '--data', data.path], {
      CUSTODY_LEDGER: 'esdb://admin:hunter2@127.0.0.1:9?tls=false',
    });
    data.remove();
    expect(code).toBe(69);
    expect(err).not.toContain('hunter2');
    expect(err).toContain('127.0.0.1:9');
  });
});
