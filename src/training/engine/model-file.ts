import { errors } from '../../core/index.js';
import { isColumnName } from './columns.js';
import { Forest, LIBRARY } from './forest.js';
import { ForestParameters, readParameters } from './parameters.js';
import { ClassCounts, TreeNode } from './tree.js';

export const MODEL_FORMAT = 'custody-random-forest';
export const MODEL_VERSION = 1;

const MAX_BYTES = 64 * 1024 * 1024;

/** The model as JSON; the same forest always gives the same bytes. */
export function serializeModel({ features, parameters, trees }: Forest): Uint8Array {
  const file = {
    format: MODEL_FORMAT,
    version: MODEL_VERSION,
    library: LIBRARY,
    features,
    classes: [0, 1],
    parameters,
    trees,
  };
  return new TextEncoder().encode(`${JSON.stringify(file)}\n`);
}

/**
 * Reads a model file, which may come from anywhere: every field is checked and copied, nothing in it is
 * executed, and a tree can't be deeper than its parameters say.
 */
export function loadModel(bytes: Uint8Array): Forest {
  const file = asObject(parseJson(bytes), 'the file');
  if (file.format !== MODEL_FORMAT) throw refused(`format must be ${MODEL_FORMAT}`);
  if (file.version !== MODEL_VERSION) throw refused(`version must be ${MODEL_VERSION}`);
  if (JSON.stringify(file.classes) !== '[0,1]') throw refused('classes must be [0,1]');
  const features = asArray(file.features, 'features');
  if (features.length === 0 || !features.every(isColumnName) || new Set(features).size !== features.length) {
    throw refused('features must be different names of columns');
  }
  const parameters = asParameters(file.parameters);
  const trees = asArray(file.trees, 'trees');
  if (trees.length !== parameters.n_estimators) throw refused(`trees must be ${parameters.n_estimators}`);
  const shape = { features: features.length, depth: parameters.max_depth };
  return { features, parameters, trees: trees.map((tree, index) => asTree(tree, shape, `trees[${index}]`, 0)) };
}

function parseJson(bytes: Uint8Array): unknown {
  if (bytes.byteLength > MAX_BYTES) throw refused(`it has more than ${MAX_BYTES} bytes`);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw refused('it is not JSON');
  }
}

function asParameters(value: unknown): ForestParameters {
  const given = asObject(value, 'parameters');
  const parameters = readParameters(given);
  for (const name of Object.keys(parameters)) {
    if (!Object.hasOwn(given, name)) throw refused(`parameters.${name} is missing`);
  }
  return parameters;
}

interface Shape {
  readonly features: number;
  readonly depth: number;
}

function asTree(value: unknown, shape: Shape, where: string, depth: number): TreeNode {
  const node = asObject(value, where);
  const counts = asCounts(node.counts, where);
  if (!('left' in node) && !('right' in node)) return { counts };
  if (depth >= shape.depth) throw refused(`${where} is deeper than max_depth`);
  const { feature, below } = node;
  if (typeof feature !== 'number' || !Number.isInteger(feature) || feature < 0 || feature >= shape.features) {
    throw refused(`${where}.feature must be the number of a feature`);
  }
  if (typeof below !== 'number' || !Number.isFinite(below)) throw refused(`${where}.below must be a number`);
  const left = asTree(node.left, shape, `${where}.left`, depth + 1);
  const right = asTree(node.right, shape, `${where}.right`, depth + 1);
  const adds = (label: 0 | 1) => left.counts[label] + right.counts[label] === counts[label];
  if (!adds(0) || !adds(1)) throw refused(`${where}.counts must be the sum of its children's`);
  return { counts, feature, below, left, right };
}

function asCounts(value: unknown, where: string): ClassCounts {
  const counts = asArray(value, `${where}.counts`);
  const [zeros, ones] = counts;
  const isCount = (count: unknown): count is number => Number.isSafeInteger(count) && (count as number) >= 0;
  if (counts.length !== 2 || !isCount(zeros) || !isCount(ones) || zeros + ones === 0) {
    throw refused(`${where}.counts must be two counts of rows`);
  }
  return [zeros, ones];
}

function asObject(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refused(`${where} must be an object`);
  return value as Readonly<Record<string, unknown>>;
}

function asArray(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw refused(`${where} must be a list`);
  return value as readonly unknown[];
}

const refused = (reason: string) =>
  errors.invalid('model-file-invalid', `the model file can't be read: ${reason}`, 'model');
