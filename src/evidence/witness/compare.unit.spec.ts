import { describe, expect, it } from '@jest/globals';
import { EMPTY_ROOT } from '../merkle/index.js';
import { compareCheckpoints } from './compare.js';
import { SmallLog } from './testing/small-log.js';

const at = (size: number) => new SmallLog().grow(size);
const forked = new SmallLog().grow(3).grow(8, 'false');

describe('two checkpoints', () => {
  it('of one size and one root say the same', () => {
    expect(compareCheckpoints(at(5).checkpoint, at(5).checkpoint).kind).toBe('same');
  });

  it('of two sizes need a proof, in whichever order they are given', () => {
    const expected = { kind: 'needs-proof', first: 3, second: 8 };
    expect(compareCheckpoints(at(8).checkpoint, at(3).checkpoint)).toMatchObject(expected);
    for (const pair of [[at(8), at(3)] as const, [at(3), at(8)] as const]) {
      expect(compareCheckpoints(pair[0].checkpoint, pair[1].checkpoint, at(8).proof(3)).kind).toBe('consistent');
    }
  });

  it('of one size and two roots are a split view, and it is said so', () => {
    const found = compareCheckpoints(at(8).checkpoint, forked.checkpoint);
    expect(found).toMatchObject({ kind: 'split-view', words: expect.stringContaining('two different histories of 8') });
  });

  it('with a proof of another history do not belong together', () => {
    expect(compareCheckpoints(at(5).checkpoint, forked.checkpoint, forked.proof(5)).kind).toBe('bad-proof');
    expect(compareCheckpoints(at(3).checkpoint, forked.checkpoint, forked.proof(3)).kind).toBe('consistent');
    expect(compareCheckpoints(at(3).checkpoint, at(8).checkpoint, []).kind).toBe('bad-proof');
  });

  it('of which one is empty are consistent, if its root is that of nothing', () => {
    const { origin } = at(1);
    expect(compareCheckpoints({ origin, size: 0, root: EMPTY_ROOT }, at(8).checkpoint).kind).toBe('consistent');
    const odd = { origin, size: 0, root: at(1).checkpoint.root };
    expect(compareCheckpoints(odd, at(8).checkpoint).kind).toBe('split-view');
  });

  it('of two logs are no matter', () => {
    expect(compareCheckpoints(at(1).checkpoint, new SmallLog('other').grow(1).checkpoint).kind).toBe('other-log');
  });
});
