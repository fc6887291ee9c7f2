import { Label } from './columns.js';

/** Rows of class 0 and of class 1 that reached a node while its tree grew. */
export type ClassCounts = readonly [number, number];

export interface Leaf {
  readonly counts: ClassCounts;
}

/** Rows whose `feature` is less than `below` go left, all others right. */
export interface Branch extends Leaf {
  readonly feature: number;
  readonly below: number;
  readonly left: TreeNode;
  readonly right: TreeNode;
}

export type TreeNode = Leaf | Branch;

export const isBranch = (node: TreeNode): node is Branch => 'left' in node;

/** The class that most of the leaf's rows have; a draw is class 0, as in the library. */
export function vote(tree: TreeNode, values: readonly number[]): Label {
  let node = tree;
  while (isBranch(node)) node = values[node.feature]! < node.below ? node.left : node.right;
  return node.counts[1] > node.counts[0] ? 1 : 0;
}

/**
 * Mean decrease in impurity (Gini), as scikit-learn computes it: each branch credits its feature with the
 * impurity that it removes, weighted by its rows; normalized per tree, averaged over the trees that split
 * at all, and normalized to sum 1. All zero when no tree splits.
 */
export function featureImportances(trees: readonly TreeNode[], features: number): number[] {
  const total = new Array<number>(features).fill(0);
  for (const tree of trees) {
    const own = new Array<number>(features).fill(0);
    credit(tree, own);
    const sum = own.reduce((a, b) => a + b, 0);
    if (sum > 0) own.forEach((value, feature) => (total[feature]! += value / sum));
  }
  const sum = total.reduce((a, b) => a + b, 0);
  return sum > 0 ? total.map((value) => value / sum) : total;
}

function credit(node: TreeNode, importances: number[]): void {
  if (!isBranch(node)) return;
  const removed = weightedGini(node.counts) - weightedGini(node.left.counts) - weightedGini(node.right.counts);
  importances[node.feature]! += Math.max(0, removed);
  credit(node.left, importances);
  credit(node.right, importances);
}

/** Gini impurity times the rows. */
function weightedGini([zeros, ones]: ClassCounts): number {
  const rows = zeros + ones;
  return rows === 0 ? 0 : rows - (zeros * zeros + ones * ones) / rows;
}
