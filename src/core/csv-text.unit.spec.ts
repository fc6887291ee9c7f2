import { describe, expect, it } from '@jest/globals';
import { brokenQuote, otherSeparator } from './csv-text.js';

describe('the quotation mark that breaks a CSV text', () => {
  it.each([
    ['a field that never closes', 'a,b\n1,2\n3,"4\n5,6\n', { opened: 3 }],
    ['one that opens the file, after a byte order mark', '\ufeff"a,b\n1,2\n', { opened: 1 }],
    ['one that closes at the next field with quotes', 'a,b\n1,"2\n3,4\n5,"6"\n', { opened: 2, closed: 4 }],
    ['one that closes in the middle of its field', 'a\n"x"y\n', { opened: 2, closed: 2 }],
    ['an escaped mark at the very end', 'a\n"x""', { opened: 2 }],
  ])('is found for %s', (_what, text, found) => {
    expect(brokenQuote(text)).toEqual(found);
  });
  it.each(['a,b\n1,2\n', '"a","b"\r\n"1","x\r\ny"\r\n', 'a\n""""\n', 'a\n"x"', ''])('is not there in %j', (text) => {
    expect(brokenQuote(text)).toBeUndefined();
  });
});

describe('another separator', () => {
  it.each([
    ['a;b;c\n1,5;2;3\n', 'semicolons'],
    ['a;b\r\n\r\n1;2\r\n', 'semicolons'],
    ['a\tb\n1\t2\n', 'tabs'],
  ])('is told by header and first row of %j', (text, separator) => {
    expect(otherSeparator(text)).toBe(separator);
  });
  it.each(['a,b;c\n1,2\n', 'a;b\n1\n', 'note\nx; y\n', 'a\n1\n', ''])('is not seen in %j', (text) => {
    expect(otherSeparator(text)).toBeUndefined();
  });
});
