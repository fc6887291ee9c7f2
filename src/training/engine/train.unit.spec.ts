import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { CustodyError } from '../../core/index.js';
import { LIMS_COLUMNS } from './columns.js';
import { limsCsv } from './lims-samples.js';
import { loadModel } from './model-file.js';
import { predict } from './predict.js';
import { limsText } from './testing/rows.js';
import { profileCsv, trainOnCsv, TrainingProgress } from './train.js';

const data = limsCsv();
const output = trainOnCsv({ data });
const bytesOf = (path: string) => output.artifacts.find((artifact) => artifact.path === path)!.bytes;
const textOf = (path: string) => new TextDecoder().decode(bytesOf(path));

const SAMPLES = Object.entries({
  TEST001: [7.2, 4.0, 1.2, 2.5],
  TEST002: [7.1, 3.8, 0.8, 2.3],
  TEST003: [6.3, 15.0, 8.5, 6.0],
  TEST004: [7.3, 4.2, 1.0, 2.4],
  TEST005: [6.5, 12.5, 7.2, 5.5],
}).map(([sample_id, [ph_level, temperature, turbidity, processing_time]]) => {
  return { sample_id, ph_level, temperature, turbidity, processing_time };
});

describe('training on the default samples', () => {
  it('splits 800 to 200 and lands near F1 0.9', () => {
    expect(output.rows).toEqual({ training: 800, test: 200 });
    expect(output.metrics.test_f1).toBeGreaterThanOrEqual(0.88);
    expect(output.metrics.test_f1).toBeLessThanOrEqual(0.95);
  });

  it('tells metrics that follow from its confusion matrix', () => {
    const [[tn, fp], [fn, tp]] = output.confusion;
    expect(tn + fp + fn + tp).toBe(200);
    expect(output.metrics.test_accuracy).toBeCloseTo((tn + tp) / 200, 12);
    expect(output.metrics.test_precision).toBeCloseTo(tp / (tp + fp), 12);
    expect(output.metrics.test_recall).toBeCloseTo(tp / (tp + fn), 12);
    expect(output.metrics.test_f1).toBeCloseTo((2 * tp) / (2 * tp + fp + fn), 12);
  });

  it('ranks the importance of all features, with sum 1', () => {
    expect(output.importances.map(({ feature }) => feature).sort()).toEqual([...LIMS_COLUMNS.features].sort());
    expect(output.importances.reduce((sum, { importance }) => sum + importance, 0)).toBeCloseTo(1, 12);
    expect(output.importances[0]!.importance).toBeGreaterThan(output.importances[3]!.importance);
  });

  it('finds TEST003 and TEST005 at high risk, the others at low', () => {
    const predictions = predict(loadModel(bytesOf('lims_qc_model/model.json')), SAMPLES);
    expect(predictions.map(({ risk }) => risk)).toEqual(['LOW', 'LOW', 'HIGH', 'LOW', 'HIGH']);
    expect(predictions.map(({ predicted_class }) => predicted_class)).toEqual([0, 0, 1, 0, 1]);
  });

  it('writes the model and the reports', () => {
    expect(output.artifacts.map(({ path }) => path)).toEqual([
      'lims_qc_model/model.json',
      'feature_importance.csv',
      'confusion_matrix.csv',
      'classification_report.txt',
    ]);
    expect(textOf('feature_importance.csv').split('\n')[0]).toBe('feature,importance');
  });

  it('profiles the data', () => {
    expect(output.data).toEqual(profileCsv(data));
    expect(output.data).toMatchObject({ rows: 1000, contaminated: 150, contaminationRate: 0.15 });
    expect(output.data.sha256).toBe(createHash('sha256').update(data).digest('hex'));
    expect(output.data.firstRows).toHaveLength(5);
    expect(Object.keys(output.data.firstRows[0]!)).toEqual(['sample_id', ...LIMS_COLUMNS.features, 'is_contaminated']);
    const schema = JSON.parse(output.data.schema) as { mlflow_colspec: { type: string; name: string }[] };
    expect(schema.mlflow_colspec.map(({ type }) => type)).toEqual([
      'string',
      'double',
      'double',
      'double',
      'double',
      'long',
    ]);
    expect(JSON.parse(output.data.profile)).toEqual({ num_rows: 1000, num_elements: 6000 });
  });

  it('makes for ever the same model from the same data, parameters and seed', () => {
    expect(trainOnCsv({ data })).toEqual(output);
    expect(createHash('sha256').update(bytesOf('lims_qc_model/model.json')).digest('hex')).toBe(
      '3f986c9696a44b5819dbefd238a3ac65b7c3df992c3e329228d56a8e1a417aa7',
    );
  });
});

describe('training', () => {
  it('tells its progress from reading to evaluating', () => {
    const told: TrainingProgress[] = [];
    trainOnCsv({ data: limsCsv({ count: 100 }), parameters: { n_estimators: 2 } }, (progress) => told.push(progress));
    expect(told).toEqual([
      { step: 'reading', trees: 0, of: 2 },
      { step: 'growing', trees: 1, of: 2 },
      { step: 'growing', trees: 2, of: 2 },
      { step: 'evaluating', trees: 2, of: 2 },
    ]);
  });

  it('works with other columns, down to a single feature', () => {
    const columns = { ...LIMS_COLUMNS, features: ['turbidity'] };
    const one = trainOnCsv({ data: limsCsv({ count: 200 }), columns, parameters: { n_estimators: 5 } });
    expect(one.importances).toEqual([{ feature: 'turbidity', importance: 1 }]);
    expect(one.data.features).toEqual(['turbidity']);
  });

  it('works on the least that can be split', () => {
    const tiny = limsText('A,7,4,1,2,0', 'B,7,4,1,2,0', 'C,6,13,8,5,1', 'D,6,13,8,5,1');
    const { rows, metrics } = trainOnCsv({ data: tiny, parameters: { min_samples_split: 2, min_samples_leaf: 1 } });
    expect(rows).toEqual({ training: 2, test: 2 });
    expect(metrics.test_accuracy).toBe(1);
  });

  it.each<[string, Parameters<typeof trainOnCsv>[0], string]>([
    ['a bad row', { data: limsText('A,7,4,1,2,0', 'B,7,hot,1,2,1') }, 'line 3, column temperature'],
    ['a bad parameter', { data, parameters: { max_depth: 0 } }, 'max_depth'],
    ['too few rows of a class', { data: limsText('A,7,4,1,2,0', 'B,7,4,1,2,1', 'C,7,4,1,2,1') }, 'class 0 has 1'],
    ['no feature', { data, columns: { ...LIMS_COLUMNS, features: [] } }, 'features'],
    ['the label as a feature', { data, columns: { ...LIMS_COLUMNS, features: ['is_contaminated'] } }, 'named twice'],
    ['a name that is none', { data, columns: { ...LIMS_COLUMNS, features: ['a\nb'] } }, 'name of a column'],
  ])('refuses %s before it grows a tree', (_, input, message) => {
    const told: string[] = [];
    const train = () => trainOnCsv(input, ({ step }) => told.push(step));
    expect(train).toThrow(CustodyError);
    expect(train).toThrow(message);
    expect(told).not.toContain('growing');
  });
});
