import { createServer, type RequestListener, type Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { addSignatures, cosigner, openNote, parseCosignerVkey } from '../note/index.js';
import { httpCaller } from './http-caller.js';
import { parsePolicy } from './policy.js';
import { KeptLog } from './testing/kept-log.js';
import { SmallLog } from './testing/small-log.js';
import { WitnessServer } from './witness-server.js';
import { WitnessStore } from './witness-store.js';
import { Witnessing } from './witnessing.js';

const signerOf = (name: string) => cosigner(`${name}.example`, Buffer.alloc(32, name), () => 1_800_000_000);

describe('a log with witnesses', () => {
  let folder: string;
  let log: SmallLog;
  let kept: KeptLog;
  const ends: (() => Promise<unknown> | void)[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'custody-witnessing-'));
    log = new SmallLog().grow(4);
    kept = new KeptLog();
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
    rmSync(folder, { recursive: true, force: true });
  });

  const witness = async (name: string) => {
    const store = WitnessStore.open(join(folder, `${name}.db`));
    const options = { host: '127.0.0.1', port: 0, prefix: '', requestsPerMinute: 1000, log: new KeptLog() };
    const server = await WitnessServer.listen({ ...options, signer: signerOf(name), store, logs: [log.logKey] });
    ends.push(
      () => store.close(),
      () => server.stop(),
    );
    return server;
  };
  const double = async (answer: RequestListener) => {
    const server: Server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  };
  const witnessing = (
    urls: Record<string, string>,
    quorum = 'group all any',
    timeoutMs = 20_000,
    retryMs = 3_600_000,
  ) => {
    const names = Object.keys(urls);
    const lines = names.map((name) => `witness ${name} ${signerOf(name).vkey} ${urls[name]}`);
    const policy = parsePolicy(Buffer.from([...lines, `${quorum} ${names.join(' ')}`, 'quorum all'].join('\n')));
    const made = new Witnessing({
      policy,
      tree: log,
      checkpoints: log,
      caller: httpCaller,
      log: kept,
      timeoutMs,
      retryMs,
    });
    ends.push(() => made.stop());
    return made;
  };
  const all = 'group all all';

  it('collects the cosignatures of all, which verify under the checkpoint', async () => {
    const [a, b] = [await witness('a'), await witness('b')];
    const following = witnessing({ a: a.url, b: b.url }, all);
    following.issued(log.issue());
    await following.idle();
    expect(following.status()).toMatchObject({ size: 4, quorumReached: true, lastQuorumSize: 4 });
    expect(following.status().witnesses[0]!.cosigned).toEqual({ size: 4, at: '2027-01-15T08:00:00.000Z' });
    const note = addSignatures(log.note(), ...log.lines.map(({ line }) => line));
    const keys = ['a', 'b'].map((name) => parseCosignerVkey(signerOf(name).vkey));
    expect(
      openNote(note, keys)
        .verified.map(({ name }) => name)
        .sort(),
    ).toEqual(['a.example', 'b.example']);
  });

  it('catches a witness up from the size that it has', async () => {
    const a = await witness('a');
    const before = witnessing({ a: a.url });
    before.issued(log.issue());
    await before.idle();
    const afterRestart = witnessing({ a: a.url });
    for (const size of [11, 11, 300]) {
      log.grow(size);
      afterRestart.issued(log.issue());
      await afterRestart.idle();
      expect(afterRestart.status()).toMatchObject({ size, quorumReached: true });
    }
  });

  it('reaches its quorum while one witness is silent and another away, and says so of both', async () => {
    const silent = await double(() => undefined);
    const urls = { a: (await witness('a')).url, b: silent.url, c: 'http://127.0.0.1:1' };
    const following = witnessing(urls, 'group all any', 300);
    following.issued(log.issue());
    await following.idle();
    const { quorumReached, witnesses } = following.status();
    expect(quorumReached).toBe(true);
    expect(witnesses.map(({ problem }) => problem?.words)).toEqual([
      undefined,
      'it did not answer in time',
      expect.stringContaining('could not be reached'),
    ]);
    expect(kept.lines.filter((line) => line.startsWith('warn'))).toHaveLength(2);
  });

  it('asks those that were away again about the same checkpoint', async () => {
    let calls = 0;
    const a = await witness('a');
    const moody = await double((request, response) => {
      calls += 1;
      if (calls === 1) return void response.writeHead(503).end();
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      const pass = async () => {
        const answer = await fetch(`${a.url}/add-checkpoint`, { method: 'POST', body });
        response.writeHead(answer.status).end(await answer.text());
      };
      request.on('end', () => void pass());
    });
    const following = witnessing({ a: moody.url }, all, 20_000, 10);
    following.issued(log.issue());
    while (!following.status().quorumReached) await new Promise((resolve) => setTimeout(resolve, 5));
    expect([calls, following.status().witnesses[0]!.problem]).toEqual([2, undefined]);
  });

  it('is told of a split view in words, each time', async () => {
    const a = await witness('a');
    const ours = witnessing({ a: a.url });
    ours.issued(new SmallLog().grow(4, 'false').issue());
    await ours.idle();
    ours.issued(log.grow(9).issue());
    await ours.idle();
    const { problem } = ours.status().witnesses[0]!;
    expect(problem).toMatchObject({
      kind: 'split-view',
      words: expect.stringContaining('two servers sign for one log'),
    });
    expect(kept.lines.join()).toContain('error witness a has seen another history of this log');
    expect(ours.status().quorumReached).toBe(false);
  });

  it('is told when a witness has seen more of it than there is: a copy was restored, or another server signs', async () => {
    const a = await witness('a');
    const before = witnessing({ a: a.url });
    before.issued(new SmallLog().grow(9).issue());
    await before.idle();
    const after = witnessing({ a: a.url });
    after.issued(log.issue());
    await after.idle();
    expect(after.status().witnesses[0]!.problem).toEqual({
      kind: 'ahead',
      words: 'it has cosigned 9 entries of this log, and here are 4',
    });
  });

  const reply = (status: number, body: string, type = 'text/plain') =>
    ((_request, response) => response.writeHead(status, { 'content-type': type }).end(body)) as RequestListener;
  it.each([
    ['no signature', reply(200, 'fine\n'), 'bad-answer'],
    ['nothing', reply(200, ''), 'bad-answer'],
    ['another witness’s line', reply(200, `— z.example ${Buffer.alloc(76).toString('base64')}\n`), 'bad-answer'],
    ['a 409 of something else', reply(409, '7\n'), 'bad-answer'],
    ['a size that is none', reply(409, 'seven\n', 'text/x.tlog.size'), 'bad-answer'],
    ['a redirect', (_q, r) => r.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(), 'bad-answer'],
    ['that it does not know the log', reply(404, 'who?\n'), 'refused'],
    ['that it does not know the key', reply(403, '\u001b[31mno\n'), 'refused'],
    ['sizes without end', (_q, r) => r.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end('2\n'), 'away'],
    ['more than anybody reads', reply(200, 'x'.repeat(100_000)), 'away'],
  ])('is not taken in by a witness that answers %s', async (_what, answer, kind) => {
    const following = witnessing({ a: (await double(answer)).url });
    following.issued(log.issue());
    await following.idle();
    const { problem } = following.status().witnesses[0]!;
    expect([problem?.kind, following.status().quorumReached, log.lines]).toEqual([kind, false, []]);
    expect(problem!.words).not.toMatch(/[\u0000-\u001f]/);
  });

  it('is not taken in by a signature of the right key over another text', async () => {
    const key = signerOf('a');
    const id = Buffer.alloc(4);
    id.writeUInt32BE(key.keyId);
    const line = `— a.example ${Buffer.concat([id, key.sign(Buffer.from('another\n1\n'))]).toString('base64')}\n`;
    const following = witnessing({ a: (await double(reply(200, line))).url });
    following.issued(log.issue());
    await following.idle();
    expect(following.status().witnesses[0]!.problem!.words).toContain('does not fit the checkpoint');
  });

  it('stops at once, whatever is under way', async () => {
    const following = witnessing({ a: (await double(() => undefined)).url });
    following.issued(log.issue());
    await following.stop();
    following.issued(log.issue());
    await following.idle();
    expect(following.status().quorumReached).toBe(false);
  });
});
