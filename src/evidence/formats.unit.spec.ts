import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CheckpointError, formatCheckpoint, parseCheckpoint } from './checkpoint.js';
import { EMPTY_ROOT } from './merkle/index.js';
import { formatProofFile, parseProofFile, ProofFileError } from './proof-file.js';

const ROOT = EMPTY_ROOT.toString('base64');

describe('a checkpoint', () => {
  it('is three lines, and is read back', () => {
    expect(formatCheckpoint({ origin: 'lab.example/log', size: 0, root: EMPTY_ROOT })).toBe(
      'lab.example/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n',
    );
    fc.assert(
      fc.property(fc.nat(), fc.uint8Array({ minLength: 32, maxLength: 32 }), (size, bytes) => {
        const checkpoint = { origin: 'lab.example/log', size, root: Buffer.from(bytes) };
        expect(parseCheckpoint(formatCheckpoint(checkpoint))).toEqual(checkpoint);
      }),
    );
  });

  it('of another log may have extension lines', () => {
    expect(parseCheckpoint(`a\n1\n${ROOT}\nmore\n`)).toEqual({ origin: 'a', size: 1, root: EMPTY_ROOT });
  });

  it.each([
    ['nothing', ''],
    ['no last newline', `a\n1\n${ROOT}`],
    ['no origin', `\n1\n${ROOT}\n`],
    ['two lines', 'a\n1\n'],
    ['a leading zero', `a\n01\n${ROOT}\n`],
    ['a negative size', `a\n-1\n${ROOT}\n`],
    ['a sign', `a\n+1\n${ROOT}\n`],
    ['a hexadecimal size', `a\n0x1\n${ROOT}\n`],
    ['a size beyond what is exact', `a\n9007199254740993\n${ROOT}\n`],
    ['an empty size', `a\n\n${ROOT}\n`],
    ['a short hash', `a\n1\n${ROOT.slice(4)}\n`],
    ['no padding', `a\n1\n${ROOT.slice(0, -1)}\n`],
    ['base64 that is not the only one for its bytes', `a\n1\n${ROOT.replace('FU=', 'FV=')}\n`],
    ['an empty line', `a\n1\n${ROOT}\n\n`],
    ['an empty extension', `a\n1\n${ROOT}\n\nmore\n`],
  ])('with %s is refused', (_what, text) => {
    expect(() => parseCheckpoint(text)).toThrow(CheckpointError);
  });

  it('is not written for an origin of two lines, or a root of another length', () => {
    expect(() => formatCheckpoint({ origin: '', size: 1, root: EMPTY_ROOT })).toThrow(CheckpointError);
    expect(() => formatCheckpoint({ origin: 'a\n7', size: 1, root: EMPTY_ROOT })).toThrow(CheckpointError);
    expect(() => formatCheckpoint({ origin: 'a', size: 1, root: EMPTY_ROOT.subarray(1) })).toThrow(CheckpointError);
    expect(() => formatCheckpoint({ origin: 'a', size: 1.5, root: EMPTY_ROOT })).toThrow(CheckpointError);
  });
});

describe('a proof file', () => {
  const file = { index: 5, hashes: [EMPTY_ROOT, EMPTY_ROOT], checkpoint: 'a\n1\n\n— a b\n' };

  it('has the lines of its format, and is read back', () => {
    expect(formatProofFile(file)).toBe(`c2sp.org/tlog-proof@v1\nindex 5\n${ROOT}\n${ROOT}\n\na\n1\n\n— a b\n`);
    for (const each of [file, { ...file, hashes: [] }, { ...file, extra: Buffer.from('event 7') }]) {
      expect(parseProofFile(formatProofFile(each))).toEqual(each);
    }
  });

  it.each([
    ['nothing', ''],
    ['another version', formatProofFile(file).replace('@v1', '@v2')],
    ['no index', formatProofFile(file).replace('index 5\n', '')],
    ['a negative index', formatProofFile(file).replace('index 5', 'index -5')],
    ['a leading zero', formatProofFile(file).replace('index 5', 'index 05')],
    ['a short hash', formatProofFile(file).replace(ROOT, ROOT.slice(4))],
    ['an extra that is no base64', formatProofFile({ ...file, extra: Buffer.of(1) }).replace('AQ==', 'AQ')],
    ['more hashes than any proof', formatProofFile({ ...file, hashes: Array.from({ length: 64 }, () => EMPTY_ROOT) })],
    ['no checkpoint', 'c2sp.org/tlog-proof@v1\nindex 5\n'],
  ])('with %s is refused', (_what, text) => {
    expect(() => parseProofFile(text)).toThrow(ProofFileError);
  });
});
