import { WitnessingError } from './words.js';

/** A file of the tlog-policy family, taken apart: words of each line that says something. */
export interface PolicyLine {
  readonly number: number;
  readonly keyword: string;
  readonly words: readonly string[];
}

/** The message begins with the file's line, counted from 1. */
export class PolicyError extends WitnessingError {
  constructor(
    readonly line: number,
    why: string,
  ) {
    super(line > 0 ? `line ${line}: ${why}` : why);
  }
}

const MAX_BYTES = 1 << 18;

/**
 * Octets, as C2SP tlog-policy has it: spaces and tabs part the words, other control characters are refused,
 * and names are compared byte by byte. Words come out as text where they are valid UTF-8.
 */
export function policyLines(file: Uint8Array): readonly PolicyLine[] {
  if (file.length > MAX_BYTES) throw new PolicyError(0, `a policy has at most ${MAX_BYTES} bytes`);
  return Buffer.from(file)
    .toString('latin1')
    .split('\n')
    .flatMap((octets, index) => lineOf(octets, index + 1) ?? []);
}

function lineOf(octets: string, number: number): PolicyLine | undefined {
  if (octets.endsWith('\r')) throw new PolicyError(number, 'it ends with a carriage return; lines end with a newline');
  if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(octets)) throw new PolicyError(number, 'it holds a control character');
  const [keyword, ...words] = octets.split(/[ \t]+/).filter((word) => word !== '');
  if (keyword === undefined || keyword.startsWith('#')) return undefined;
  return { number, keyword, words: words.map(textOf) };
}

/** Octets that are no UTF-8 stay what they are: as a name they may differ from all others, as a key or URL they are refused later. */
function textOf(octets: string): string {
  const bytes = Buffer.from(octets, 'latin1');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return octets;
  }
}
