import { describe, expect, it } from '@jest/globals';
import { CustodyError, errors, UnknownEvent } from '../../core/index.js';
import { EventTooLarge, InvalidStreamName, LedgerCorrupted, LedgerUnavailable } from '../../ledger/index.js';
import { classify } from './failure.js';
import { insist } from './insist.js';

const kindOf = (error: unknown) => classify(error).kind;

describe('a failed attempt', () => {
  it('is final when the request or its data is wrong', () => {
    expect(kindOf(errors.invalid('bad-row', 'line 7'))).toBe('final');
    expect(kindOf(errors.notFound('dataset-not-found', 'gone'))).toBe('final');
    expect(kindOf(errors.state('run-deleted', 'deleted'))).toBe('final');
    expect(kindOf(errors.denied('no', 'no'))).toBe('final');
    expect(kindOf(errors.lost('artifact-damaged', 'damaged'))).toBe('final');
    expect(kindOf(new EventTooLarge('event', 1))).toBe('final');
    expect(kindOf(new InvalidStreamName('it is empty'))).toBe('final');
  });

  it('is tried again when the cause may pass, or is not known', () => {
    expect(kindOf(new LedgerUnavailable('full', 'disk-full'))).toBe('passing');
    expect(kindOf(errors.unavailable('artifact-disk-full', 'full'))).toBe('passing');
    expect(kindOf(errors.lost('artifact-missing', 'missing'))).toBe('passing');
    expect(kindOf(errors.conflict('too-many-conflicts', 'again'))).toBe('passing');
    expect(kindOf(errors.tooLarge('training-out-of-memory', 'more'))).toBe('passing');
    expect(kindOf(new TypeError('x is undefined'))).toBe('passing');
    expect(kindOf('a string')).toBe('passing');
  });

  it('stops the worker when the log is not what it should be', () => {
    expect(kindOf(new LedgerCorrupted('damaged'))).toBe('fatal');
    expect(kindOf(new UnknownEvent('from the future'))).toBe('fatal');
  });

  it('records nothing of an unexpected error but its name', () => {
    const { code, reason } = classify(new TypeError('at /home/lab/secret/path'));
    expect(code).toBe('unexpected');
    expect(reason).toContain('TypeError');
    expect(reason).not.toContain('secret');
  });
});

describe('insisting', () => {
  const options = (signal = new AbortController().signal) => {
    const codes: string[] = [];
    return {
      codes,
      options: { signal, backoffMs: () => 0, onRetry: ({ code }: { code: string }) => codes.push(code) },
    };
  };

  it('repeats what fails for a passing reason until it succeeds', async () => {
    const { codes, options: how } = options();
    let left = 3;
    const work = () =>
      left-- > 0 ? Promise.reject(new LedgerUnavailable('full', 'disk-full')) : Promise.resolve('done');
    await expect(insist(work, how)).resolves.toBe('done');
    expect(codes).toEqual(['log-disk-full', 'log-disk-full', 'log-disk-full']);
  });

  it('does not repeat what cannot succeed', async () => {
    const { codes, options: how } = options();
    const refusal = new CustodyError({ kind: 'state', code: 'job-finished', message: 'over' });
    await expect(insist(() => Promise.reject(refusal), how)).rejects.toBe(refusal);
    const bug = new TypeError('x is undefined');
    await expect(insist(() => Promise.reject(bug), how)).rejects.toBe(bug);
    expect(codes).toEqual([]);
  });

  it('ends when it is told to stop', async () => {
    const stop = new AbortController();
    const { options: how } = options(stop.signal);
    const away = () => {
      stop.abort();
      return Promise.reject(new LedgerUnavailable('away', 'unreachable'));
    };
    await expect(insist(away, how)).rejects.toMatchObject({ name: 'AbortError' });
  });
});
