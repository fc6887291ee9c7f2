import { RandomForestClassifier } from 'ml-random-forest';
import { Label, LabelledRow } from './columns.js';
import { ForestParameters } from './parameters.js';
import { Random, STREAMS } from './random.js';
import { featureImportances, TreeNode, vote } from './tree.js';

/** What grew the trees; goes into the model file. A test holds it to the installed version. */
export const LIBRARY = 'ml-random-forest 2.1.0';

export interface Forest {
  readonly features: readonly string[];
  readonly parameters: ForestParameters;
  readonly trees: readonly TreeNode[];
}

/** The part of a library's node that we rely on: both children, or none on a leaf. */
interface LibraryNode {
  readonly splitColumn?: number;
  readonly splitValue?: number;
  readonly left?: LibraryNode;
  readonly right?: LibraryNode;
}

/**
 * Grows a forest: each tree is a one-tree forest of the library over rows that we draw ourselves. So the
 * class weight and the leaf size, which the library doesn't know, hold exactly as README.md states them,
 * progress is told after each tree, and the library's out-of-bag pass, which fails on tiny data, never runs.
 * The same rows, parameters and order give the same trees.
 */
export function growForest(
  rows: readonly LabelledRow[],
  features: readonly string[],
  parameters: ForestParameters,
  onTree: (grown: number) => void = () => undefined,
): Forest {
  const random = new Random(parameters.random_state, STREAMS.forest);
  const draw =
    parameters.class_weight === 'balanced' ? balancedDraw(rows) : (from: Random) => rows[from.below(rows.length)]!;
  const trees: TreeNode[] = [];
  while (trees.length < parameters.n_estimators) {
    const drawn = Array.from({ length: rows.length }, () => draw(random));
    trees.push(growTree(drawn, parameters, random.uint32() | 0));
    onTree(trees.length);
  }
  return { features, parameters, trees };
}

/** The share of trees that vote for class 1. The library's own figure drops the first tree's vote. */
export const probabilityOf = (forest: Forest, values: readonly number[]): number =>
  forest.trees.reduce((votes, tree) => votes + vote(tree, values), 0) / forest.trees.length;

export const DEFAULT_THRESHOLD = 0.5;

/** A draw counts as class 1: in a lab a second look costs less than a missed sample. */
export const classOf = (probability: number): Label => (probability >= DEFAULT_THRESHOLD ? 1 : 0);

export const importancesOf = (forest: Forest): number[] => featureImportances(forest.trees, forest.features.length);

/** Both classes are equally likely, then each row of the class: the weights of `class_weight="balanced"`. */
function balancedDraw(rows: readonly LabelledRow[]): (random: Random) => LabelledRow {
  const classes = [rows.filter((row) => row.label === 0), rows.filter((row) => row.label === 1)] as const;
  return (random) => {
    const members = classes[random.below(2) as Label];
    return members[random.below(members.length)]!;
  };
}

/**
 * The library's way to say "√columns": an integer, but for 1, which it would take for 100 %. A share that
 * lies safely between 1 and 2 columns stands for that one.
 */
function maxFeatures(columns: number): number {
  const wanted = Math.round(Math.sqrt(columns));
  return wanted > 1 || columns === 1 ? wanted : 1.5 / columns;
}

/** One tree over rows that may repeat. */
export function growTree(rows: readonly LabelledRow[], parameters: ForestParameters, seed: number): TreeNode {
  const library = new RandomForestClassifier({
    nEstimators: 1,
    useSampleBagging: false,
    noOOB: true,
    replacement: false,
    maxFeatures: maxFeatures(rows[0]!.values.length),
    seed,
    treeOptions: {
      maxDepth: parameters.max_depth,
      // A library's node of at most `minNumSamples` rows stays a leaf.
      minNumSamples: Math.max(parameters.min_samples_split, 2 * parameters.min_samples_leaf) - 1,
      gainThreshold: 0,
    },
  });
  library.train(
    rows.map((row) => [...row.values]),
    rows.map((row) => row.label),
  );
  const { indexes, estimators } = library.toJSON().baseModel;
  const root = (estimators[0] as unknown as { readonly root: LibraryNode }).root;
  return adopt(root, indexes[0]!, rows, parameters.min_samples_leaf);
}

/** The library's tree as ours, with the rows counted; a branch with a child of too few rows becomes a leaf. */
function adopt(node: LibraryNode, columns: readonly number[], rows: readonly LabelledRow[], minLeaf: number): TreeNode {
  const ones = rows.filter((row) => row.label === 1).length;
  const counts = [rows.length - ones, ones] as const;
  if (!node.left || !node.right) return { counts };
  const feature = columns[node.splitColumn!]!;
  const below = node.splitValue!;
  const left = rows.filter((row) => row.values[feature]! < below);
  const right = rows.filter((row) => row.values[feature]! >= below);
  if (left.length < minLeaf || right.length < minLeaf) return { counts };
  return {
    counts,
    feature,
    below,
    left: adopt(node.left, columns, left, minLeaf),
    right: adopt(node.right, columns, right, minLeaf),
  };
}
