import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NewEvent } from '../../core/index.js';
import { ExpectedRevision, Ledger } from '../port/index.js';
import { anEvent, fresh, ids, LedgerFactory, readAllAfter, useStore } from './harness.js';

/** One step of a random history: append to one of a few streams, or send an earlier append again. */
type Step =
  | {
      readonly kind: 'append';
      readonly stream: number;
      readonly count: number;
      readonly expected: ExpectedRevision | 'actual';
    }
  | { readonly kind: 'again'; readonly which: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      stream: fc.nat(3),
      count: fc.integer({ min: 1, max: 4 }),
      expected: expectation(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('again' as const), which: fc.nat(30) }) },
);

function expectation(): fc.Arbitrary<ExpectedRevision | 'actual'> {
  return fc.oneof(fc.constantFrom('actual' as const, 'any' as const, 'none' as const, 'exists' as const), fc.nat(6));
}

/** The log as it must be: what a reader of the port's comments would keep in two arrays. */
class Model {
  readonly streams = Array.from({ length: 4 }, () => ({ name: fresh('model'), events: [] as NewEvent[] }));
  readonly all: NewEvent[] = [];
  readonly appends: { readonly stream: string; readonly events: readonly NewEvent[]; readonly revision: number }[] = [];

  allows(index: number, expected: ExpectedRevision): boolean {
    const { length } = this.streams[index]!.events;
    if (expected === 'any') return true;
    if (expected === 'none') return length === 0;
    return expected === 'exists' ? length > 0 : expected === length - 1 && length > 0;
  }

  append(index: number, events: readonly NewEvent[]): number {
    const stream = this.streams[index]!;
    stream.events.push(...events);
    this.all.push(...events);
    const revision = stream.events.length - 1;
    this.appends.push({ stream: stream.name, events, revision });
    return revision;
  }
}

async function take(ledger: Ledger, model: Model, step: Step): Promise<void> {
  if (step.kind === 'again') {
    const earlier = model.appends[step.which % Math.max(model.appends.length, 1)];
    if (!earlier) return;
    const { stream, events, revision } = earlier;
    expect(await ledger.append(stream, events, 'none')).toMatchObject({ revision, repeated: true });
    return;
  }
  const { name, events: present } = model.streams[step.stream]!;
  const actual = present.length === 0 ? ('none' as const) : present.length - 1;
  const expected = step.expected === 'actual' ? actual : step.expected;
  const events = Array.from({ length: step.count }, () => anEvent());
  if (!model.allows(step.stream, expected)) {
    await expect(ledger.append(name, events, expected)).rejects.toMatchObject({ name: 'RevisionConflict', actual });
    return;
  }
  const { revision, repeated } = await ledger.append(name, events, expected);
  expect({ revision, repeated }).toEqual({ revision: model.append(step.stream, events), repeated: false });
}

export function modelEqualsStore(factory: LedgerFactory): void {
  describe('any history', () => {
    const setup = useStore(factory);

    it('leaves the log as a model of it says, for each stream and for all of it', async () => {
      const { ledger } = setup;
      const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
        const model = new Model();
        const before = await ledger.head();
        for (const each of steps) await take(ledger, model, each);
        expect(ids(await readAllAfter(ledger, before, 7))).toEqual(ids(model.all));
        for (const { name, events } of model.streams) {
          expect(ids(await ledger.read(name))).toEqual(ids(events));
          expect(ids(await ledger.read(name, { direction: 'backwards' }))).toEqual([...ids(events)].reverse());
        }
      });
      await fc.assert(property, { numRuns: 40 });
    });
  });
}
