import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RandomForestClassifier } from 'ml-random-forest';
import { LabelledRow } from './columns.js';
import { Forest, growForest, growTree, importancesOf, LIBRARY, probabilityOf } from './forest.js';
import { limsSamples } from './lims-samples.js';
import { DEFAULT_PARAMETERS } from './parameters.js';
import { featureImportances, isBranch, Leaf, TreeNode, vote } from './tree.js';
import { anyRows } from './testing/rows.js';

const SMALL = { ...DEFAULT_PARAMETERS, n_estimators: 5, min_samples_split: 2, min_samples_leaf: 1 };
const FEATURES = ['a', 'b'];

const nodes = (tree: TreeNode): TreeNode[] =>
  isBranch(tree) ? [tree, ...nodes(tree.left), ...nodes(tree.right)] : [tree];
const depth = (tree: TreeNode): number => (isBranch(tree) ? 1 + Math.max(depth(tree.left), depth(tree.right)) : 0);
const size = ({ counts }: Leaf) => counts[0] + counts[1];

describe('a forest', () => {
  it('is the same for the same rows and parameters, another for another random state', () => {
    fc.assert(
      fc.property(anyRows(), fc.nat(0xffffffff), (rows, random_state) => {
        const grow = () => JSON.stringify(growForest(rows, FEATURES, { ...SMALL, random_state }));
        expect(grow()).toBe(grow());
      }),
      { numRuns: 25 },
    );
    const rows = limsSamples({ count: 100 });
    const grown = (random_state: number) => growForest(rows, FEATURES, { ...SMALL, random_state }).trees;
    expect(grown(1)).not.toEqual(grown(2));
  });

  it('keeps every bound that its parameters set', () => {
    const bounds = fc.record({
      max_depth: fc.integer({ min: 1, max: 6 }),
      min_samples_split: fc.integer({ min: 2, max: 30 }),
      min_samples_leaf: fc.integer({ min: 1, max: 12 }),
      class_weight: fc.constantFrom('balanced' as const, 'none' as const),
    });
    fc.assert(
      fc.property(anyRows(60), bounds, (rows, asked) => {
        for (const tree of growForest(rows, FEATURES, { ...SMALL, ...asked }).trees) {
          expect(size(tree)).toBe(rows.length);
          expect(depth(tree)).toBeLessThanOrEqual(asked.max_depth);
          for (const node of nodes(tree).filter(isBranch)) {
            expect(size(node)).toBeGreaterThanOrEqual(asked.min_samples_split);
            expect(Math.min(size(node.left), size(node.right))).toBeGreaterThanOrEqual(asked.min_samples_leaf);
            expect(size(node.left) + size(node.right)).toBe(size(node));
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('answers probabilities from 0 to 1 and tells of every tree', () => {
    fc.assert(
      fc.property(anyRows(), fc.tuple(fc.double({ noNaN: true }), fc.double({ noNaN: true })), (rows, values) => {
        const told: number[] = [];
        const probability = probabilityOf(
          growForest(rows, FEATURES, SMALL, (grown) => told.push(grown)),
          values,
        );
        expect(probability >= 0 && probability <= 1).toBe(true);
        expect(told).toEqual([1, 2, 3, 4, 5]);
      }),
      { numRuns: 25 },
    );
  });

  it('draws both classes alike when balanced, and as they are when not', () => {
    const rows = limsSamples({ count: 400, contamination: 0.1 });
    const share = (class_weight: 'balanced' | 'none') => {
      const roots = growForest(rows, ['a', 'b', 'c', 'd'], { ...SMALL, n_estimators: 20, class_weight }).trees;
      return roots.reduce((sum, root) => sum + root.counts[1] / size(root), 0) / roots.length;
    };
    expect(share('balanced')).toBeCloseTo(0.5, 1);
    expect(share('none')).toBeCloseTo(0.1, 1);
  });

  it('counts every vote, the first too', () => {
    const always = (counts: readonly [number, number]): TreeNode => ({ counts });
    const forest: Forest = {
      features: ['a'],
      parameters: SMALL,
      trees: [always([0, 9]), always([0, 1]), always([9, 0]), always([1, 1])],
    };
    expect(probabilityOf(forest, [0])).toBe(0.5);
  });

  it('names the version of the library that is installed', () => {
    const { version } = createRequire(import.meta.url)('ml-random-forest/package.json') as { readonly version: string };
    expect(LIBRARY).toBe(`ml-random-forest ${version}`);
  });
});

describe('a tree', () => {
  it("votes as the library's own tree does", () => {
    const inOneColumn = (rows: readonly LabelledRow[]) => rows.map((row) => ({ ...row, values: [row.values[0]!] }));
    fc.assert(
      fc.property(
        anyRows(30).map(inOneColumn),
        fc.array(fc.double({ noNaN: true }), { minLength: 1 }),
        (rows, others) => {
          const library = new RandomForestClassifier({
            nEstimators: 1,
            useSampleBagging: false,
            noOOB: true,
            replacement: false,
            maxFeatures: 1,
            seed: 1,
            treeOptions: { maxDepth: 5, minNumSamples: 1, gainThreshold: 0 },
          });
          const points = [...rows.map((row) => [...row.values]), ...others.map((value) => [value])];
          library.train(
            rows.map((row) => [...row.values]),
            rows.map((row) => row.label),
          );
          const tree = growTree(rows, SMALL, 1);
          expect(points.map((values) => vote(tree, values))).toEqual(library.predict(points));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('looks at the square root of the features, each only once', () => {
    const rows = limsSamples({ count: 200 });
    for (const columns of [1, 2, 3, 4]) {
      const cut = rows.map((row) => ({ ...row, values: row.values.slice(0, columns) }));
      const trees = growForest(cut, FEATURES, { ...SMALL, n_estimators: 10 }).trees;
      const used = trees.map(
        (tree) => new Set(nodes(tree).flatMap((node) => (isBranch(node) ? [node.feature] : []))).size,
      );
      expect(Math.max(...used)).toBe(columns < 3 ? 1 : 2);
    }
  });
});

describe('the importance of the features', () => {
  it('is the mean decrease in impurity, worked out by hand', () => {
    // Root [4,4] has weighted Gini 4. Feature 0 leaves [4,1]: 1.6 and [0,3]: 0, so it removes 2.4; feature 1 removes the rest.
    const tree: TreeNode = {
      counts: [4, 4],
      feature: 0,
      below: 1,
      left: { counts: [4, 1], feature: 1, below: 1, left: { counts: [4, 0] }, right: { counts: [0, 1] } },
      right: { counts: [0, 3] },
    };
    const [first, second, third] = featureImportances([tree], 3);
    expect(first).toBeCloseTo(0.6, 12);
    expect(second).toBeCloseTo(0.4, 12);
    expect(third).toBe(0);
  });

  it('sums to 1, also when some trees never split, and is 0 when none does', () => {
    const forest = growForest(limsSamples({ count: 200 }), ['a', 'b', 'c', 'd'], SMALL);
    const withStump = { ...forest, trees: [...forest.trees, { counts: [3, 3] as const }] };
    for (const some of [forest, withStump]) {
      expect(importancesOf(some).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    }
    expect(featureImportances([{ counts: [3, 3] }], 2)).toEqual([0, 0]);
  });
});
