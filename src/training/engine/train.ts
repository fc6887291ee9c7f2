import { checkColumns, ColumnSpec, LabelledRow, LIMS_COLUMNS } from './columns.js';
import { CSV_LIMITS, CsvLimits, requireCsv } from './csv.js';
import { DataProfile, profileOf } from './data-profile.js';
import { classOf, Forest, growForest, importancesOf, probabilityOf } from './forest.js';
import { ConfusionMatrix, evaluate, Evaluation } from './metrics.js';
import { serializeModel } from './model-file.js';
import { ForestParameters, readParameters } from './parameters.js';
import { classificationReport, confusionCsv, FeatureImportance, importanceCsv, rankImportances } from './reports.js';
import { stratifiedSplit } from './split.js';

/** Plain data only: it crosses into a thread. */
export interface TrainingInput {
  /** A CSV file. */
  readonly data: Uint8Array;
  readonly parameters?: Partial<ForestParameters>;
  readonly columns?: ColumnSpec;
  readonly limits?: CsvLimits;
}

export interface TrainingProgress {
  readonly step: 'reading' | 'growing' | 'evaluating';
  readonly trees: number;
  readonly of: number;
}

export type OnProgress = (progress: TrainingProgress) => void;

export interface Artifact {
  /** Relative, with `/`; one of the constants of this file, never made from input. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface TestMetrics {
  readonly test_accuracy: number;
  readonly test_precision: number;
  readonly test_recall: number;
  readonly test_f1: number;
}

export interface TrainingOutput {
  readonly parameters: ForestParameters;
  readonly data: DataProfile;
  readonly rows: { readonly training: number; readonly test: number };
  readonly metrics: TestMetrics;
  /** Most important first; they sum to 1. */
  readonly importances: readonly FeatureImportance[];
  readonly confusion: ConfusionMatrix;
  readonly artifacts: readonly Artifact[];
}

export const MODEL_PATH = 'lims_qc_model';

/** Trains and tests a model. Pure: the same input gives the same output, to the byte. Refuses bad data and parameters before it grows a tree. */
export function trainOnCsv(input: TrainingInput, onProgress: OnProgress = () => undefined): TrainingOutput {
  const parameters = readParameters(input.parameters);
  const columns = checkColumns(input.columns ?? LIMS_COLUMNS);
  const of = parameters.n_estimators;
  onProgress({ step: 'reading', trees: 0, of });
  const rows = requireCsv(input.data, columns, input.limits ?? CSV_LIMITS);
  const split = stratifiedSplit(
    rows.map((row) => row.label),
    parameters.random_state,
  );
  const pick = (numbers: readonly number[]) => numbers.map((number) => rows[number]!);
  const forest = growForest(pick(split.train), columns.features, parameters, (trees) =>
    onProgress({ step: 'growing', trees, of }),
  );
  onProgress({ step: 'evaluating', trees: of, of });
  const evaluation = testForest(forest, pick(split.test));
  const importances = rankImportances(columns.features, importancesOf(forest));
  return {
    parameters,
    data: profileOf(input.data, rows, columns),
    rows: { training: split.train.length, test: split.test.length },
    metrics: metricsOf(evaluation),
    importances,
    confusion: evaluation.confusion,
    artifacts: artifactsOf(forest, evaluation, importances),
  };
}

/** What a data set holds, without training on it. */
export function profileCsv(
  data: Uint8Array,
  spec: ColumnSpec = LIMS_COLUMNS,
  limits: CsvLimits = CSV_LIMITS,
): DataProfile {
  const columns = checkColumns(spec);
  return profileOf(data, requireCsv(data, columns, limits), columns);
}

const testForest = (forest: Forest, rows: readonly LabelledRow[]): Evaluation =>
  evaluate(
    rows.map((row) => row.label),
    rows.map((row) => classOf(probabilityOf(forest, row.values))),
  );

const metricsOf = ({ accuracy, classes }: Evaluation): TestMetrics => ({
  test_accuracy: accuracy,
  test_precision: classes[1].precision,
  test_recall: classes[1].recall,
  test_f1: classes[1].f1,
});

function artifactsOf(forest: Forest, evaluation: Evaluation, importances: readonly FeatureImportance[]): Artifact[] {
  const text = (path: string, content: string): Artifact => ({ path, bytes: new TextEncoder().encode(content) });
  return [
    { path: `${MODEL_PATH}/model.json`, bytes: serializeModel(forest) },
    text('feature_importance.csv', importanceCsv(importances)),
    text('confusion_matrix.csv', confusionCsv(evaluation.confusion)),
    text('classification_report.txt', classificationReport(evaluation)),
  ];
}
