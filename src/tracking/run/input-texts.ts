import { createHash } from 'node:crypto';
import { Refusal } from '../../core/index.js';
import { RecordedInput, Run, textKey, TextPart, TextRef } from './events.js';
import { EVENT_BYTES, exactly } from './sizes.js';

/** Even if each of them took six bytes in JSON, so many characters fit into an event. */
const PART_CHARACTERS = 140_000;
/** A shorter text stays where it is. */
const LONG_CHARACTERS = 10_000;

export interface SpreadInputs {
  /** To be recorded before the inputs that refer to them. */
  readonly texts: readonly TextPart[];
  readonly inputs: readonly RecordedInput[];
}

/** Takes the long texts out of data sets that by themselves are larger than an event. */
export function spreadInputs(inputs: readonly RecordedInput[]): SpreadInputs {
  const texts = new Map<string, readonly TextPart[]>();
  const refer = (text: string): TextRef => {
    const sha256 = createHash('sha256').update(text).digest('hex');
    const parts = texts.get(sha256) ?? cut(text).map((part, at) => ({ sha256, part: at, text: part }));
    texts.set(sha256, parts);
    return { sha256, parts: parts.length };
  };
  const light = inputs.map((input) => (exactly(input) > EVENT_BYTES ? lighten(input, refer) : input));
  return { texts: [...texts.values()].flat(), inputs: light };
}

function lighten({ schema, profile, ...input }: RecordedInput, refer: (text: string) => TextRef): RecordedInput {
  return {
    ...input,
    ...(isLong(schema) ? { schemaText: refer(schema) } : schema === undefined ? {} : { schema }),
    ...(isLong(profile) ? { profileText: refer(profile) } : profile === undefined ? {} : { profile }),
  };
}

const isLong = (text: string | undefined): text is string => text !== undefined && text.length > LONG_CHARACTERS;

function cut(text: string): readonly string[] {
  const parts: string[] = [];
  for (let from = 0; from < text.length;) {
    const to = from + PART_CHARACTERS;
    // Half a character is no text.
    const end = to < text.length && isLowSurrogate(text.charCodeAt(to)) ? to - 1 : to;
    parts.push(text.slice(from, end));
    from = end;
  }
  return parts;
}

const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/** An input must never be seen without its texts. */
export function missingTextProblem(inputs: readonly RecordedInput[], { inputTexts }: Run): Refusal | undefined {
  const missing = inputs
    .flatMap(({ schemaText, profileText }) => [schemaText, profileText])
    .find(
      (ref) =>
        ref &&
        Array.from({ length: ref.parts }, (_, part) => part).some((part) => !inputTexts.has(textKey({ ...ref, part }))),
    );
  if (!missing) return undefined;
  const message = `the text ${missing.sha256} of a data set is not recorded in all its parts`;
  return { kind: 'state', code: 'input-text-missing', message, field: 'datasets' };
}
