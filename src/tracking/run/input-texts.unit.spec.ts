import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { RecordedInput } from './events.js';
import { spreadInputs } from './input-texts.js';
import { EVENT_BYTES, exactly } from './sizes.js';

const input: RecordedInput = { name: 'wide', digest: 'd', sourceType: 'local', source: '{}', tags: [] };
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('a data set that is larger than an event', () => {
  it('leaves those alone that are not', () => {
    const inputs = [{ ...input, schema: 's'.repeat(400_000), profile: 'p'.repeat(400_000) }];
    expect(spreadInputs(inputs)).toEqual({ texts: [], inputs });
  });

  it('refers to its long texts by their digest, and keeps the short ones', () => {
    const [schema, profile] = ['s'.repeat(1_000_000), '{"num_rows":1}'];
    const { texts, inputs } = spreadInputs([{ ...input, schema, profile }]);
    expect(inputs).toEqual([{ ...input, profile, schemaText: { sha256: sha256(schema), parts: texts.length } }]);
  });

  it('records a text once that several share', () => {
    const schema = 's'.repeat(1_000_000);
    const { texts } = spreadInputs([1, 2].map((digest) => ({ ...input, digest: `${digest}`, schema })));
    expect(texts.map(({ part }) => part)).toEqual([...texts.keys()]);
  });

  it('can be put together again from parts that are each text, and fit into an event', () => {
    const aPart = fc.constantFrom('a', '"', '\\', '\u0001', 'é', '語', '😀', 'x😀');
    fc.assert(
      fc.property(fc.array(aPart, { minLength: 1, maxLength: 5 }), (parts) => {
        const text = parts.join('').repeat(450_000);
        const { texts, inputs } = spreadInputs([{ ...input, schema: text, profile: text }]);
        expect(texts.map((part) => part.text).join('')).toBe(text);
        expect(texts.every((part) => part.text.isWellFormed() && exactly(part) <= EVENT_BYTES)).toBe(true);
        const ref = { sha256: sha256(text), parts: texts.length };
        expect(inputs).toEqual([{ ...input, schemaText: ref, profileText: ref }]);
      }),
      { numRuns: 30 },
    );
  });
});
