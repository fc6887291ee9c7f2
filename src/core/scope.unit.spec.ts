import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { asGlob, covers, exactly, matches, NamePattern, namePattern, sameScope } from './scope.js';

const of = (pattern: string, name: string) => matches(namePattern(pattern), name);

describe('a name pattern', () => {
  it('stands for the names that it spells, and for no part of them', () => {
    expect([of('LIMS', 'LIMS'), of('LIMS', 'LIMS 2'), of('LIMS', 'lims'), of('LIMS', 'my LIMS')]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it('has * for any text and ? for one character, whatever that is', () => {
    expect([
      of('lims/*', 'lims/a/b'),
      of('*', ''),
      of('a*c', 'ac'),
      of('a*c', 'abcd'),
      of('?', '🧪'),
      of('a?', 'a'),
    ]).toEqual([true, true, true, false, true, false]);
  });

  it('takes no dot, minus or anything else for special', () => {
    expect([of('a.b', 'axb'), of('a-z', 'm'), of('a.b', 'a.b')]).toEqual([false, false, true]);
  });

  it.each(['', '^LIMS$', 'LIMS.*', '[a-z]*', '(a|b)', 'a+', 'a\\d', 'x{2}', 'a\u0000', 'x'.repeat(257), '\ud800'])(
    'is not %j',
    (text) => expect(() => namePattern(text, 'experiments')).toThrow(/no name pattern/),
  );

  it('is quick about what would keep a backtracking matcher busy', () => {
    expect(of(`${'a*'.repeat(100)}b`, 'a'.repeat(2000))).toBe(false);
  });

  it('matches in memory what it matches in the database', () => {
    const db = new Database(':memory:');
    const glob = db.prepare<[string, string], { hit: 0 | 1 }>('SELECT ? GLOB ? AS hit');
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'B', '*', '?', '-', 'é', '🧪', '/', '.', '%', '_', ' ') });
    try {
      fc.assert(
        fc.property(text, text, (pattern, name) => {
          fc.pre(pattern !== '' && !pattern.includes('.*'));
          const written = namePattern(pattern);
          expect(matches(written, name)).toBe(glob.get(name, asGlob(written))?.hit === 1);
        }),
        { numRuns: 2000 },
      );
    } finally {
      db.close();
    }
  });
});

describe('the pattern for one name exactly', () => {
  it('stands for that name and no other, in memory and in the database', () => {
    const db = new Database(':memory:');
    const glob = db.prepare<[string, string], { hit: 0 | 1 }>('SELECT ? GLOB ? AS hit');
    const text = fc.string({
      unit: fc.constantFrom('a', '*', '?', '[', ']', '^', '-', '!', '🧪', '\\', '\n'),
      maxLength: 6,
    });
    try {
      fc.assert(
        fc.property(text, text, (one, other) => {
          const pattern = exactly(one);
          expect(matches(pattern, one)).toBe(true);
          expect(matches(pattern, other)).toBe(one === other);
          expect(glob.get(one, asGlob(pattern))?.hit).toBe(1);
          expect(glob.get(other, asGlob(pattern))?.hit === 1).toBe(one === other);
        }),
        { numRuns: 3000 },
      );
    } finally {
      db.close();
    }
  });
});

describe('a scope', () => {
  const pattern = 'LIMS*' as NamePattern;
  it('covers its own kind of things only', () => {
    const place = { kind: 'experiments', name: 'LIMS 2' } as const;
    expect(covers({ kind: 'experiments', pattern }, place)).toBe(true);
    expect(covers({ kind: 'models', pattern }, place)).toBe(false);
    expect(covers({ kind: 'everything' }, place)).toBe(true);
  });
  it('of one thing covers that thing whatever its name, and no other of that name', () => {
    const one = { kind: 'model', id: 'm-1' } as const;
    expect(covers(one, { kind: 'models', name: 'a*', id: 'm-1' })).toBe(true);
    expect(covers(one, { kind: 'models', name: 'b', id: 'm-1' })).toBe(true);
    expect(covers(one, { kind: 'models', name: 'a*', id: 'm-2' })).toBe(false);
    expect(covers(one, { kind: 'models', name: 'm-1' })).toBe(false);
    expect(covers(one, { kind: 'experiments', name: 'a', id: 'm-1' })).toBe(false);
  });
  it('is the same as another that covers the same', () => {
    expect(sameScope({ kind: 'models', pattern }, { kind: 'models', pattern })).toBe(true);
    expect(sameScope({ kind: 'models', pattern }, { kind: 'experiments', pattern })).toBe(false);
    expect(sameScope({ kind: 'model', id: '1' }, { kind: 'model', id: '2' })).toBe(false);
    expect(sameScope({ kind: 'model', id: '1' }, { kind: 'model', id: '1' })).toBe(true);
  });
});
