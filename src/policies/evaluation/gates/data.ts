import { Json, JsonObject } from '../../../core/index.js';
import { Gate } from '../../document/policy.js';
import { Evidence, InputEvidence, RunEvidence } from '../evidence.js';
import { Finding } from '../gate-result.js';
import { isTest, isTraining } from './metrics.js';

type DataRegistered = Extract<Gate, { gate: 'data_registered' }>;
type Disjoint = Extract<Gate, { gate: 'disjoint_data' }>;
type Lineage = Extract<Gate, { gate: 'lineage' }>;

const NO_RUN = 'the version names no run, so nobody can tell what it was made of';

/** Data whose use nobody named was used for training; `testing` has several names in use. */
export function inputsFor(run: RunEvidence, context: string): readonly InputEvidence[] {
  const fits = isTest(context) ? isTest : isTraining(context) ? isTraining : (other: string) => other === context;
  return run.inputs.filter((input) => fits(input.context));
}

export function dataRegistered({ contexts }: DataRegistered, { version: { run } }: Evidence): Finding {
  const found = run ? contexts.map((context) => [context, inputsFor(run, context)] as const) : [];
  const missing = found.flatMap(([context, inputs]) => {
    if (inputs.length === 0) return [`the run names no data set for ${context}`];
    return inputs.flatMap(({ name, snapshot }) => {
      if (!snapshot)
        return [
          `the data set ${name} (${context}) is no registered snapshot: register it and log it with the tag custody.dataset_id`,
        ];
      return snapshot.kept ? [] : [`the bytes of ${name} (${snapshot.datasetId}) are missing`];
    });
  });
  return {
    inputs: Object.fromEntries(found.map(([context, inputs]) => [context, inputs.map(told)])),
    missing: run ? missing : [NO_RUN],
    fine: `registered for ${contexts.join(', ')}`,
  };
}

const told = ({ name, digest, snapshot }: InputEvidence): Json => ({
  name,
  digest,
  dataset_id: snapshot?.datasetId ?? null,
  sha256: snapshot?.sha256 ?? null,
});

export function lineage({ require }: Lineage, { version: { run } }: Evidence): Finding {
  const missing = require.flatMap((part): readonly string[] => {
    if (!run) return [];
    switch (part) {
      case 'run':
        return run.deleted ? [`run ${run.runId} is deleted`] : [];
      case 'finished':
        return run.status === 'FINISHED' ? [] : [`run ${run.runId} is ${run.status}, not FINISHED`];
      case 'parameters':
        return Object.keys(run.params).length > 0 ? [] : ['the run has no parameters'];
      case 'code':
        return run.code === undefined
          ? ['the run does not say which code it ran: no tag mlflow.source.git.commit']
          : [];
      default:
        return part satisfies never;
    }
  });
  const inputs: JsonObject = run
    ? { run_id: run.runId, status: run.status, parameters: Object.keys(run.params).length, code: run.code ?? null }
    : { run_id: null };
  return { inputs, missing: run ? missing : [NO_RUN], fine: `recorded: ${require.join(', ')}` };
}

/** The snapshots that a row-level comparison is about: one for training and one for testing, or one that a run split. */
export function comparedSnapshots(
  run: RunEvidence | undefined,
  split: boolean,
): { readonly training: InputEvidence; readonly testing: InputEvidence }[] | string {
  if (!run) return NO_RUN;
  const [training, testing] = [inputsFor(run, 'training'), inputsFor(run, 'testing')];
  if (training.length === 0) return 'the run names no training data';
  const other = testing.length > 0 ? testing : split ? training : [];
  if (other.length === 0) return 'the run names no test data: log it with the context "testing"';
  const unknown = [...training, ...other].find(({ snapshot }) => !snapshot?.kept);
  if (unknown) return `the rows of ${unknown.name} can't be compared: it is no registered snapshot`;
  return training.flatMap((a) => other.map((b) => ({ training: a, testing: b })));
}

export function disjoint({ by = [], split }: Disjoint, { version: { run }, overlaps }: Evidence): Finding {
  const pairs = comparedSnapshots(run, split);
  if (typeof pairs === 'string') return { inputs: { run_id: run?.runId ?? null }, missing: [pairs], fine: '' };
  const found = pairs.map(({ training, testing }) => ({
    training,
    testing,
    overlap: overlaps.find(
      (each) =>
        each.training === training.snapshot!.sha256 &&
        each.testing === testing.snapshot!.sha256 &&
        JSON.stringify(each.by) === JSON.stringify(by),
    ),
  }));
  const missing = found.flatMap(({ training, testing, overlap }) => {
    const names =
      training === testing || training.snapshot!.sha256 === testing.snapshot!.sha256
        ? training.name
        : `${training.name} and ${testing.name}`;
    if (!overlap) return [`the rows of ${names} were not compared`];
    if (overlap.problem !== undefined) return [`${names}: ${overlap.problem}`];
    if (overlap.shared === 0) return [];
    return [
      overlap.training === overlap.testing
        ? `${overlap.shared} rows are twice in ${names}, so a split can put one into both parts`
        : `${overlap.shared} rows of the test data ${testing.name} are in the training data ${training.name}`,
    ];
  });
  return {
    inputs: { run_id: run!.runId, compared: found.flatMap(({ overlap }) => (overlap ? [toJson(overlap)] : [])) },
    missing,
    fine: 'no row is in both',
  };
}

const toJson = ({ by, training, testing, shared, columns, problem }: Evidence['overlaps'][number]): Json => ({
  by: [...by],
  training,
  testing,
  shared,
  columns: columns.length,
  ...(problem === undefined ? {} : { problem }),
});
