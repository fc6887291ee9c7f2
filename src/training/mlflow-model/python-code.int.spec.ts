import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { LIMS_COLUMNS, limsCsv, loadModel, MODEL_PATH, probabilityOf, trainOnCsv } from '../engine/index.js';

const PYTHON = process.env['CUSTODY_TEST_PYTHON'] ?? 'python3';
const TEST = fileURLToPath(new URL('./python/test_custody_forest.py', import.meta.url));

// In CI there must be a Python; on a machine without one the suite says that it was skipped.
const suite = process.env['CI'] || spawnSync(PYTHON, ['--version']).status === 0 ? describe : describe.skip;

suite('the code that is packed into models', () => {
  it('passes its own tests', async () => {
    const { stderr } = await promisify(execFile)(PYTHON, ['-B', TEST]);
    expect(stderr).toMatch(/Ran [1-9]\d* tests/);
  });

  it.each([
    [{ n_estimators: 25, max_depth: 8, min_samples_split: 2, min_samples_leaf: 1 }, 1],
    [{ n_estimators: 10, max_depth: 3, class_weight: 'none' as const }, 2],
  ])('gives exactly the probabilities of the engine (%j)', (parameters, seed) => {
    const { artifacts } = trainOnCsv({ data: limsCsv({ count: 300, seed }), parameters });
    const { bytes } = artifacts.find(({ path }) => path === `${MODEL_PATH}/model.json`)!;
    const forest = loadModel(bytes);
    const rows = [...samplesAround(seed), ...borders(forest.trees)];
    const asked = { model: JSON.parse(new TextDecoder().decode(bytes)) as unknown, rows };
    const out = execFileSync(PYTHON, ['-B', TEST, '--probabilities'], { input: JSON.stringify(asked) });
    expect(JSON.parse(out.toString())).toEqual(rows.map((row) => probabilityOf(forest, row)));
  });
});

/** As a laboratory measures them. */
const samplesAround = (seed: number): number[][] =>
  new TextDecoder()
    .decode(limsCsv({ count: 200, seed: seed + 100 }))
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').slice(1, -1).map(Number));

/** Rows that lie exactly on the borders of the trees' roots, where a careless comparison would show. */
const borders = (trees: readonly object[]): number[][] =>
  trees.flatMap((tree) =>
    'feature' in tree && 'below' in tree ? [LIMS_COLUMNS.features.map(() => Number(tree.below))] : [],
  );
