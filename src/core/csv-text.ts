/** What is wrong with the quotation marks of a CSV text. Lines count from 1. */
export interface BrokenQuote {
  /** The line on which the field's quotation mark opens. */
  readonly opened: number;
  /** The line on which it closes in the middle of a field; `undefined` when it never closes. */
  readonly closed?: number;
}

/**
 * Finds the quoted field that breaks a file. A parser notices only at the end of the file, or at the next
 * field with quotes, hundreds of lines further on; a person needs the line where the field began.
 */
export function brokenQuote(text: string): BrokenQuote | undefined {
  const start = text.startsWith('\ufeff') ? 1 : 0;
  let line = 1;
  let opened: number | undefined;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === '\n') line++;
    if (character !== '"') continue;
    if (opened === undefined) {
      if (at === start || /[,\n]/.test(text[at - 1]!)) opened = line;
      continue;
    }
    const next = text[at + 1];
    if (next === '"') at++;
    else if (next === undefined || next === ',' || next === '\n' || text.startsWith('\r\n', at + 1)) opened = undefined;
    else return { opened, closed: line };
  }
  return opened === undefined ? undefined : { opened };
}

const OTHERS = [
  [';', 'semicolons'],
  ['\t', 'tabs'],
] as const;

/**
 * What separates the values where commas should: spreadsheets of many countries write semicolons. Told by
 * the first two lines, so that a text with semicolons in it is not taken for such a file.
 */
export function otherSeparator(text: string): string | undefined {
  const [header = '', row = ''] = text
    .slice(0, 65_536)
    .split(/\r?\n/)
    .filter((line) => line !== '');
  const count = (line: string, mark: string) => line.split(mark).length - 1;
  const found = OTHERS.find(([mark]) => count(header, mark) > 0 && count(row, mark) === count(header, mark));
  return header.includes(',') ? undefined : found?.[1];
}
