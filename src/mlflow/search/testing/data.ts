import fc from 'fast-check';

const HOSTILE = ['a', 'A', 'b', 'é', 'É', '%', '_', "'", '"', '\\', '*', '?', '[', ']', '^', '-', '😀', ' ', '\n', ';'];
/** Longer than what an index holds of it. */
const LONG = 'é'.repeat(64);

/** Few texts that come often, so that searches find something, and any mixture of what is special to somebody. */
export const aText = fc.oneof(
  fc.constantFrom('', 'a', 'A', 'aa', 'a%', '%a%', 'a_', "' OR 1=1 --", '[a]', '\\', `${LONG}a`, `${LONG}b`),
  fc.array(fc.constantFrom(...HOSTILE), { maxLength: 4 }).map((parts) => parts.join('')),
);
/** What clients can store, but no filter can say. */
export const aStoredText = fc.oneof(aText, fc.constantFrom('a\u0000b', 'a\u0000', '\u0000'));
export const aNumber = fc.constantFrom(0, -0, 1, -1, 0.5, 0.1, 1e-9, 1e300, 5, Number.MAX_VALUE);
export const aMetric = fc.oneof(aNumber, fc.constantFrom(NaN, Infinity, -Infinity));
/** Times so close that ties are common. */
export const aTime = fc.integer({ min: 0, max: 3 });
export const KEYS = ['k', 'K', 'a key', 'x.y', 'mlflow.é', 'd`q'] as const;
export const aKey = fc.constantFrom(...KEYS);
export const some = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc.dictionary(aKey, value, { maxKeys: 4 });

/** Different ids, in any order. */
export const differing = <Item>(item: fc.Arbitrary<Item>, id: (item: Item) => string): fc.Arbitrary<Item[]> =>
  fc.uniqueArray(item, { maxLength: 14, selector: id });
