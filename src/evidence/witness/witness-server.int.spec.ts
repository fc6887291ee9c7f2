import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, chmodSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { addSignatures, openNote, parseCosignerVkey, signNote, type Ed25519Signer } from '../note/index.js';
import { formatAddCheckpoint } from './add-checkpoint.js';
import { KeptLog } from './testing/kept-log.js';
import { SmallLog } from './testing/small-log.js';
import { witnessKey } from './witness-key.js';
import { WitnessServer } from './witness-server.js';
import { WitnessStore } from './witness-store.js';

describe('a witness', () => {
  let folder: string;
  let store: WitnessStore;
  let server: WitnessServer;
  let signer: Ed25519Signer;
  let log: SmallLog;
  let kept: KeptLog;

  const start = async (requestsPerMinute = 1000) => {
    signer = witnessKey(join(folder, 'key'), 'lab-b.example/witness', () => 1_800_000_000);
    store = WitnessStore.open(join(folder, 'witness.db'));
    const logs = [log.logKey, new SmallLog('lab-c.example/log').logKey];
    const options = { host: '127.0.0.1', port: 0, prefix: '/w', signer, store, logs, requestsPerMinute, log: kept };
    server = await WitnessServer.listen(options);
  };
  const stop = async () => {
    await server.stop();
    store.close();
  };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'custody-witness-'));
    log = new SmallLog();
    kept = new KeptLog();
    await start();
  });
  afterEach(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const send = async (body: string | Uint8Array<ArrayBuffer>, path = '/add-checkpoint', method = 'POST') => {
    const response = await fetch(server.url + path, { method, ...(method === 'POST' ? { body } : {}) });
    return { status: response.status, type: response.headers.get('content-type'), body: await response.text() };
  };
  const submit = (of: SmallLog, oldSize: number, proof = oldSize === 0 ? [] : of.proof(oldSize), note = of.note()) =>
    send(formatAddCheckpoint({ oldSize, proof, note }));

  it('cosigns a log from its first checkpoint on, as it grows, and again at the same size', async () => {
    for (const [from, to] of [
      [0, 0],
      [0, 3],
      [3, 3],
      [3, 300],
    ] as const) {
      const { status, body } = await submit(log.grow(to), from);
      expect(status).toBe(200);
      const { verified } = openNote(addSignatures(log.note(), body.trimEnd()), [parseCosignerVkey(signer.vkey)]);
      expect(verified).toEqual([{ name: 'lab-b.example/witness', keyId: signer.keyId }]);
    }
    expect(store.logs()).toMatchObject([{ origin: log.origin, size: 300, cosigned: 4, disputes: 0 }]);
  });

  it('answers 409 with its size to who starts from another, and still knows it after a restart', async () => {
    await submit(log.grow(5), 0);
    await stop();
    await start();
    for (const from of [0, 3, 6]) {
      const { status, type, body } = await submit(log.grow(8), from);
      expect([status, type, body]).toEqual([409, 'text/x.tlog.size', '5\n']);
    }
    expect((await submit(log, 5)).status).toBe(200);
  });

  it('refuses a split view with 422, says so in words, and keeps the evidence', async () => {
    await submit(log.grow(5), 0);
    const other = new SmallLog().grow(3).grow(5, 'false');
    const same = await submit(other, 5, []);
    expect(same).toMatchObject({ status: 422, body: expect.stringContaining('split view') });
    const later = await submit(other.grow(9, 'false'), 5);
    expect(later).toMatchObject({ status: 422, body: expect.stringContaining('two servers sign for one log') });
    expect(store.disputes().map(({ size }) => size)).toEqual([5, 9]);
    expect(store.disputes()[1]!.note).toBe(other.note());
    expect(kept.lines.filter((line) => line.startsWith('error'))).toHaveLength(2);
    expect((await submit(log.grow(6), 5)).status).toBe(200);
  });

  it('notices a split view also when it is submitted from another size', async () => {
    await submit(log.grow(5), 0);
    expect(await submit(new SmallLog().grow(5, 'false'), 0)).toMatchObject({ status: 409, body: '5\n' });
    expect(store.disputes()).toMatchObject([{ size: 5, words: expect.stringContaining('split view') }]);
  });

  it('answers with the statuses of the protocol', async () => {
    const stranger = new SmallLog('nobody.example/log').grow(1);
    const forger = new SmallLog(log.origin, 'another key').grow(1);
    log.grow(2);
    const bad = log.note().replace(/(— \S+ .{20})./, (_all, head: string) => `${head}${'A'}`);
    const unsigned = signNote(log.note().split('\n\n')[0] + '\n', [forger.signer]);
    expect((await submit(stranger, 0)).status).toBe(404);
    expect((await submit(forger, 0)).status).toBe(403);
    expect((await submit(log, 0, [], bad)).status).toBe(403);
    expect((await submit(log, 0, [], unsigned)).status).toBe(403);
    expect((await submit(log, 3, [])).status).toBe(400);
    expect((await submit(log, 0, log.proof(1))).status).toBe(422);
    const empty = signNote(`${log.origin}\n0\n${log.checkpoint.root.toString('base64')}\n`, [log.signer]);
    expect((await submit(log, 0, [], empty)).status).toBe(422);
    expect((await submit(log, 0)).status).toBe(200);
    expect((await submit(log.grow(4), 2, [])).status).toBe(422);
    expect(store.last(log.origin)!.size).toBe(2);
  });

  it('accepts a note that others have signed too, their keys being unknown', async () => {
    const note = signNote(log.grow(1).note().split('\n\n')[0] + '\n', [
      new SmallLog(log.origin, 'x').signer,
      log.signer,
    ]);
    expect((await submit(log, 0, [], note)).status).toBe(200);
  });

  it.each([
    ['nothing', ''],
    ['no size', 'old\n\n'],
    ['a size with a zero before it', 'old 01\n\nx'],
    ['a size too large', 'old 99999999999999999999\n\nx'],
    ['a line that is no hash', 'old 1\nabc\n\nx\n'],
    ['64 lines of proof', `old 1\n${`${'A'.repeat(43)}=\n`.repeat(64)}\nx\n`],
    ['carriage returns', 'old 0\r\n\r\nx\r\n'],
    ['no note', 'old 0\n\n\n'],
    ['bytes that are no text', Uint8Array.of(0xff, 0xfe)],
  ])('answers 400 to %s', async (_what, body) => {
    expect((await send(body)).status).toBe(400);
  });

  it('answers 413 to what is too large, 405 to another method, and 404 elsewhere', async () => {
    expect((await send('x'.repeat(70_000))).status).toBe(413);
    expect((await send('', '/add-checkpoint', 'GET')).status).toBe(405);
    expect((await send('', '/')).status).toBe(404);
  });

  it('answers 413 to a body without end, told in pieces', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    const answer = new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())));
    socket.on('error', () => undefined);
    socket.write('POST /w/add-checkpoint HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
    for (let chunk = 0; chunk < 20; chunk += 1) socket.write(`1000\r\n${'x'.repeat(4096)}\r\n`);
    expect(await answer).toMatch(/^HTTP\/1.1 413 /);
    socket.destroy();
  });

  it('answers 429 to an address that sends too much', async () => {
    await stop();
    await start(2);
    const statuses = [];
    for (let call = 0; call < 3; call += 1) statuses.push((await submit(log.grow(1), call === 0 ? 0 : 1)).status);
    expect(statuses).toEqual([200, 200, 429]);
  });

  it('never goes back, whoever of many submissions at once is first', async () => {
    await submit(log.grow(1), 0);
    const submissions = [7, 3, 9, 2, 5].map((size) => {
      const of = new SmallLog().grow(size);
      return formatAddCheckpoint({ oldSize: 1, proof: of.proof(1), note: of.note() });
    });
    const answers = await Promise.all(submissions.map((body) => send(body)));
    const winners = answers.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(4);
    expect(store.logs()[0]!.cosigned).toBe(2);
  });

  it('can’t be taken back at a SQLite prompt', () => {
    store.take({ checkpoint: log.grow(5).checkpoint, text: '' }, { oldSize: 0, proof: [], note: log.note() }, 1);
    const db = new Database(join(folder, 'witness.db'));
    expect(() => db.exec('UPDATE logs SET size = 4')).toThrow('never goes back');
    expect(() => db.exec('DELETE FROM logs')).toThrow('never forgets');
    db.close();
  });

  it('keeps its key and name for good, readable for itself alone', () => {
    const file = join(folder, 'key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(witnessKey(file, undefined, () => 0).vkey).toBe(signer.vkey);
    expect(() => witnessKey(file, 'another', () => 0)).toThrow('never changes its name');
    expect(() => witnessKey(join(folder, 'none'), undefined, () => 0)).toThrow('--name');
    const text = readFileSync(file, 'utf8');
    const changed = text.replace(/\+[0-9a-f]{8}\+/, '+00000000+');
    writeFileSync(file, changed);
    expect(() => witnessKey(file, undefined, () => 0)).toThrow('damaged');
    writeFileSync(file, 'PRIVATE+KEY+nonsense');
    expect(() => witnessKey(file, undefined, () => 0)).toThrow('no key of a witness');
    chmodSync(file, 0o644);
    expect(() => witnessKey(file, undefined, () => 0)).toThrow('others can read');
  });
});
