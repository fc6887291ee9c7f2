import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CustodyError } from '../../core/index.js';
import { growForest, probabilityOf } from './forest.js';
import { limsSamples } from './lims-samples.js';
import { loadModel, serializeModel } from './model-file.js';
import { DEFAULT_PARAMETERS } from './parameters.js';
import { anyRows } from './testing/rows.js';

const SMALL = { ...DEFAULT_PARAMETERS, n_estimators: 3, min_samples_split: 2, min_samples_leaf: 1 };
const forest = growForest(limsSamples({ count: 100 }), ['a', 'b', 'c', 'd'], SMALL);
const utf8 = (text: string) => new TextEncoder().encode(text);
const json = () => JSON.parse(new TextDecoder().decode(serializeModel(forest))) as Record<string, unknown>;
const changed = (changes: object) => utf8(JSON.stringify({ ...json(), ...changes }));

const leaf = { counts: [1, 1] };
const branch = { counts: [2, 2], feature: 0, below: 1, left: leaf, right: leaf };
const chain = (length: number): object =>
  Array.from({ length }).reduce<{ counts: number[] }>(
    (left) => ({ counts: [left.counts[0]! + 1, left.counts[1]! + 1], feature: 0, below: 1, left, right: leaf }),
    leaf,
  );
const trees = (tree: unknown) => ({ trees: [tree, leaf, leaf] });

describe('the model file', () => {
  it('says what it is', () => {
    expect(json()).toMatchObject({
      format: 'custody-random-forest',
      version: 1,
      library: 'ml-random-forest 2.1.0',
      features: ['a', 'b', 'c', 'd'],
      classes: [0, 1],
      parameters: SMALL,
    });
  });

  it('predicts the same after it was loaded, and is written again as the same bytes', () => {
    const point = fc.tuple(fc.double({ noNaN: true }), fc.double({ noNaN: true }));
    fc.assert(
      fc.property(anyRows(), fc.array(point, { minLength: 1 }), (rows, points) => {
        const grown = growForest(rows, ['a', 'b'], SMALL);
        const bytes = serializeModel(grown);
        const loaded = loadModel(bytes);
        expect(points.map((p) => probabilityOf(loaded, p))).toEqual(points.map((p) => probabilityOf(grown, p)));
        expect(serializeModel(loaded)).toEqual(bytes);
      }),
      { numRuns: 30 },
    );
  });

  it('accepts the trees that the refusals below are made from', () => {
    for (const tree of [leaf, branch, chain(5)]) expect(loadModel(changed(trees(tree))).trees).toHaveLength(3);
  });

  it.each<[string, object]>([
    ['another format', { format: 'pickle' }],
    ['another version', { version: 2 }],
    ['other classes', { classes: [1, 0] }],
    ['no features', { features: [] }],
    ['the same feature twice', { features: ['a', 'a', 'b', 'c'] }],
    ['a feature that is no name', { features: ['a', 'b', 'c', 7] }],
    ['unknown parameters', { parameters: { ...SMALL, criterion: 'gini' } }],
    ['incomplete parameters', { parameters: { n_estimators: 3 } }],
    ['no parameters', { parameters: undefined }],
    ['a tree too few', { trees: [leaf, leaf] }],
    ['no list of trees', { trees: 'none' }],
    ['a tree that is no object', trees(null)],
    ['a leaf without counts', trees({})],
    ['a leaf of no rows', trees({ counts: [0, 0] })],
    ['a negative count', trees({ counts: [-1, 2] })],
    ['counts of three classes', trees({ counts: [1, 1, 1] })],
    ['a branch with one child', trees({ ...branch, right: undefined })],
    ['a feature beyond the last', trees({ ...branch, feature: 4 })],
    ['a feature that is text', trees({ ...branch, feature: '0' })],
    ['a bound that is text', trees({ ...branch, below: '1' })],
    ['counts that do not add up', trees({ ...branch, counts: [3, 3] })],
    ['a tree deeper than its parameters', trees(chain(6))],
  ])('is refused with %s', (_, changes) => {
    expect(() => loadModel(changed(changes))).toThrow(CustodyError);
  });

  it('is refused with a CustodyError whatever its bytes', () => {
    const load = (bytes: Uint8Array) => () => loadModel(bytes);
    const deep = utf8(`${'{"left":'.repeat(50_000)}1${'}'.repeat(50_000)}`);
    for (const bytes of [utf8(''), utf8('[]'), utf8('null'), Uint8Array.of(0xff), deep]) {
      expect(load(bytes)).toThrow(CustodyError);
    }
    fc.assert(fc.property(fc.json(), (text) => expect(load(utf8(text))).toThrow(CustodyError)));
  });
});
