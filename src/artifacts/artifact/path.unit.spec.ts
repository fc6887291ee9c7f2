import { posix, win32 } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CustodyError } from '../../core/index.js';
import { artifactFolder, artifactPath, foldersAround } from './path.js';

const ATTACKS = [
  '',
  '/etc/passwd',
  '//etc/passwd',
  '..',
  '../up',
  'a/../../up',
  'a/..',
  './a',
  'a/./b',
  'a//b',
  'a/',
  '%2e%2e/up',
  '..%2fup',
  '%252e%252e%252fup',
  'a/%2E%2e/up',
  'a%5c..%5cup',
  '%u002e%u002e/up',
  '%c0%ae%c0%ae/up',
  'a\\..\\up',
  '..\\up',
  'C:/windows',
  'c:up',
  'file:///etc/passwd',
  'file:/etc/passwd',
  'a\u0000.csv',
  'a\nb',
  'a\u007fb',
  'a\u202eb',
  'a\ufeffb',
  '\uff0e\uff0e/up',
  'a\uff0f..\uff0fup',
  'a\uff3cb',
  'a/...',
  '... /b',
  'a/. ./b',
  'a/ ',
  'a/\u00a0/b',
  'a/\u2026',
  'a\u2066b',
  'a\u2069b',
  'a\u202ab',
  'a\u2028b',
  'a#b',
  '\ud800',
  `${'x'.repeat(256)}`,
  'x/'.repeat(2000) + 'x',
];

describe('an artifact path', () => {
  it.each(ATTACKS)('refuses %j and names the field', (attack) => {
    expect(() => artifactPath(attack, 'artifact_path')).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'artifact-path-invalid', field: 'artifact_path' }),
    );
  });

  it.each([
    'model.json',
    'lims_qc_model/model.json',
    'a/b/c.tar.gz',
    '.hidden/x',
    'größe µ.csv',
    'a b/c (1).txt',
    '100%',
    '日本/語.txt',
    'a;b?c=d',
    '..a/b..c',
    'a.',
    'a /b',
    'a./b. ',
    '👩‍🔬.png',
    'می‌خواهم',
    'a\u200eb',
    'a\u00adb',
  ])('takes %j as it is', (path) => expect(artifactPath(path)).toBe(path));

  it('never escapes, however it is joined, decoded or normalised', () => {
    const part = fc.oneof(
      fc.constantFrom(
        '..',
        '.',
        '/',
        '\\',
        '%',
        '%2e',
        '%2f',
        '%5c',
        '%00',
        '\uff0e',
        '\u2024',
        '\uff0f',
        'C:',
        'a',
        ' ',
        '#',
        'file:',
        '\u0000',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const path = accepted(parts.join(''));
        fc.pre(path !== undefined);
        for (const spelling of spellings(path)) {
          expect(posix.join('/root', spelling)).toBe(`/root/${spelling}`);
          expect(win32.join('R:\\root', spelling).startsWith('R:\\root\\')).toBe(true);
          expect(win32.isAbsolute(spelling)).toBe(false);
        }
      }),
      { numRuns: 1000, maxSkipsPerRun: 1000 },
    );
  });

  it('has the folders around it, outermost first', () => {
    expect(foldersAround('a/b/c')).toEqual(['a', 'a/b']);
    expect(foldersAround('c')).toEqual([]);
  });
});

describe('an artifact folder', () => {
  it('is the root when nothing is said, and bears one trailing slash', () => {
    expect([artifactFolder(undefined), artifactFolder(''), artifactFolder('/'), artifactFolder('a/b/')]).toEqual([
      '',
      '',
      '',
      'a/b',
    ]);
    expect(() => artifactFolder('a//')).toThrow(CustodyError);
    expect(() => artifactFolder('../')).toThrow(CustodyError);
  });
});

function accepted(text: string): string | undefined {
  try {
    return artifactPath(text);
  } catch (error) {
    expect(error).toBeInstanceOf(CustodyError);
    return undefined;
  }
}

/** What some later reader could make of it. */
function spellings(path: string): readonly string[] {
  const decoded = (text: string) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };
  return [path, decoded(path), decoded(decoded(path)), path.normalize('NFKC'), path.normalize('NFC')];
}
