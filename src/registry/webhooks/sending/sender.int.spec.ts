import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../core/index.js';
import { WebhookOptions } from '../options.js';
import { Receiver } from '../testing/receiver.js';
import { WebhookSender } from './sender.js';

describe('a call to a receiver', () => {
  let receiver: Receiver;
  let other: Receiver;
  beforeEach(async () => {
    receiver = await Receiver.open();
    other = await Receiver.open();
  });
  afterEach(async () => {
    await receiver.close();
    await other.close();
  });

  const sender = (more: Partial<WebhookOptions> = {}) =>
    new WebhookSender({
      allowLoopback: true,
      allow: { hosts: [], networks: [] },
      timeoutMs: 10_000,
      retries: 0,
      backoffMs: () => 0,
      retryMs: 0,
      refreshMs: 1000,
      resolve: async () => ['127.0.0.1'],
      clock: systemClock,
      ...more,
    });
  const post = (url = receiver.url) => ({ url: `${url}/hook?a=b`, headers: { 'X-Test': 'yes' }, body: '{"ö":1}' });

  it('brings body and headers, and the beginning of the answer', async () => {
    expect(await sender().send(post())).toEqual({ status: 200, body: 'thanks', passing: false });
    expect(receiver.received).toMatchObject([
      { path: '/hook?a=b', body: '{"ö":1}', headers: { 'x-test': 'yes', 'content-type': 'application/json' } },
    ]);
  });

  it('goes to the address that was checked, whatever the name means afterwards', async () => {
    const answers = [['127.0.0.1'], ['10.0.0.1']];
    const asked: string[] = [];
    const resolve = async (host: string) => {
      asked.push(host);
      return answers[asked.length - 1]!;
    };
    const outcome = await sender({ resolve }).send(post(`http://hooks.example.com:${receiver.port}`));
    expect(outcome).toMatchObject({ status: 200 });
    expect(asked).toEqual(['hooks.example.com']);
    expect(receiver.received[0]!.headers.host).toBe(`hooks.example.com:${receiver.port}`);
  });

  it.each([
    ['a private address', ['10.0.0.1']],
    ['this machine, where that is not allowed', ['127.0.0.1']],
    ['a public address and a private one', ['93.184.216.34', '192.168.0.1']],
    ['nothing', []],
  ])('is not made when the name means %s', async (_what, addresses) => {
    const closed = sender({ allowLoopback: false, resolve: async () => addresses });
    const url = `https://hooks.example.com:${receiver.port}`;
    expect(await closed.send(post(url))).toMatchObject({ passing: false, reason: expect.stringContaining('URL') });
    await expect(closed.check(url)).rejects.toMatchObject({ kind: 'invalid', field: 'url' });
    expect(receiver.received).toEqual([]);
  });

  it('is made inside the house where that is allowed, to the address that was looked up then, and follows no redirect', async () => {
    const found = [['127.0.0.1'], ['127.0.0.1'], ['127.0.0.2'], ['127.0.0.1', '127.0.0.2']];
    const inside = sender({
      allowLoopback: false,
      allow: { hosts: [], networks: [{ address: '127.0.0.1', bits: 32 }] },
      resolve: async () => found.shift()!,
    });
    const url = `http://ci.lab.example:${receiver.port}/hook`;
    expect(await inside.send(post(url))).toMatchObject({ status: 200 });
    expect(receiver.received[0]?.headers.host).toBe(`ci.lab.example:${receiver.port}`);
    receiver.answers = [(_request, response) => response.writeHead(307, { location: other.url }).end()];
    expect(await inside.send(post(url))).toMatchObject({ status: 307, passing: false });
    for (const _rebound of [1, 2]) expect(await inside.send(post(url))).toMatchObject({ passing: false });
    expect([receiver.received.length, other.received.length, found]).toEqual([2, 0, []]);
  });

  it('is not made when the name is not known', async () => {
    const unknown = sender({ resolve: () => Promise.reject(new Error('ENOTFOUND')) });
    await expect(unknown.check('https://hooks.example.com/')).rejects.toMatchObject({ field: 'url' });
  });

  it.each([301, 302, 303, 307, 308])('follows no redirect (%s)', async (status) => {
    receiver.answers = [(_request, response) => response.writeHead(status, { location: other.url }).end()];
    expect(await sender().send(post())).toMatchObject({ status, passing: false, reason: expect.any(String) });
    expect(other.received).toEqual([]);
  });

  it.each([
    [400, false],
    [404, false],
    [429, true],
    [500, true],
    [503, true],
  ])('that is answered %s may help again: %s', async (status, passing) => {
    receiver.answer(status);
    expect(await sender().send(post())).toMatchObject({ status, passing, reason: `the receiver answered ${status}` });
  });

  it('reads no more of an endless answer than fits', async () => {
    receiver.answers = [
      (_request, response) => {
        response.writeHead(200);
        const more = () => {
          while (!response.destroyed && response.write('x'.repeat(8192)));
          if (!response.destroyed) response.once('drain', more);
        };
        more();
      },
    ];
    const { status, body } = await sender().send(post());
    expect([status, body!.length]).toEqual([200, 16 * 1024]);
  });

  it('ends in time when no answer comes, and says so', async () => {
    receiver.answers = [() => undefined];
    expect(await sender({ timeoutMs: 50 }).send(post())).toEqual({ passing: true, reason: 'no answer within 50 ms' });
    const lost = sender({ timeoutMs: 50, resolve: () => new Promise(() => undefined) });
    expect(await lost.send(post('http://hooks.example.com'))).toMatchObject({ reason: 'no answer within 50 ms' });
  });

  it('ends at once when it is told to stop', async () => {
    const stop = new AbortController();
    receiver.answers = [() => stop.abort(new Error('stopping'))];
    await expect(sender().send({ ...post(), signal: stop.signal })).rejects.toThrow('stopping');
  });

  it('says when nobody listens', async () => {
    const gone = receiver.url;
    await receiver.close();
    expect(await sender().send(post(gone))).toEqual({
      passing: true,
      reason: 'the receiver could not be reached (ECONNREFUSED)',
    });
    receiver = await Receiver.open();
  });
});
