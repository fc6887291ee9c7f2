import {
  accept,
  Decider,
  Decision,
  ExperimentId,
  JsonObject,
  LoggedModelId,
  never,
  refuse,
  RunId,
  Sealed,
} from '../../core/index.js';
import { lengthProblem, LIMITS } from '../keys.js';
import { Batch, batchProblem, inputsProblem, startTagsProblem, wholeProblem } from './checks.js';
import { logModelOutputs, newModelInputs, recordModel } from './decide-models.js';
import {
  RecordedInput,
  evolve,
  inputKey,
  Metric,
  ModelOutput,
  noRun,
  Run,
  RunEvent,
  RunStatus,
  RunTag,
  textKey,
  TextPart,
} from './events.js';
import { missingTextProblem } from './input-texts.js';
import { inEvents, packed } from './sizes.js';

export type RunCommand =
  | {
      readonly type: 'start';
      readonly runId: RunId;
      readonly experimentId: ExperimentId;
      readonly name: string;
      readonly startTime: number;
      readonly tags: readonly RunTag[];
      readonly user?: Sealed;
    }
  | ({ readonly type: 'log' } & Batch)
  | { readonly type: 'delete-tag'; readonly key: string }
  | {
      readonly type: 'log-inputs';
      readonly inputs: readonly RecordedInput[];
      readonly models?: readonly LoggedModelId[];
    }
  /** Before the inputs that refer to them. */
  | { readonly type: 'record-input-texts'; readonly texts: readonly TextPart[] }
  | { readonly type: 'log-outputs'; readonly models: readonly ModelOutput[] }
  /** What MLflow's older clients tell of a model among a run's artifacts. */
  | { readonly type: 'record-model'; readonly model: JsonObject }
  | { readonly type: 'update'; readonly name?: string; readonly status?: RunStatus; readonly endTime?: number }
  | { readonly type: 'delete' }
  | { readonly type: 'restore' };

export const runStream = (id: RunId): string => `run-${id}`;
export const metricsStream = (id: RunId): string => `metrics-${id}`;

/** This tag and the run's name are one thing. */
const RUN_NAME = 'mlflow.runName';

type Base = { readonly runId: RunId; readonly experimentId: ExperimentId };

export function decide(command: RunCommand, state: Run): Decision<RunEvent> {
  if (command.type === 'start') return start(command, state);
  const { id: runId, experimentId } = state;
  if (runId === undefined) return refuse('not-found', 'run-not-found', 'Run not found', 'run_id');
  const base = { runId, experimentId };
  if (command.type === 'restore')
    return state.lifecycle === 'active' ? accept() : accept({ type: 'RunRestored', data: base });
  if (command.type === 'delete')
    return state.lifecycle === 'deleted' ? accept() : accept({ type: 'RunDeleted', data: base });
  if (state.lifecycle === 'deleted') return runDeleted(runId);
  switch (command.type) {
    case 'log':
      return log(command, state, base);
    case 'delete-tag':
      if (!state.tags.has(command.key))
        return refuse('not-found', 'tag-not-found', `No tag with name: ${command.key} in run with id ${runId}`, 'key');
      return accept({ type: 'TagDeleted', data: { ...base, key: command.key } });
    case 'log-inputs':
      return logInputs(command.inputs, command.models ?? [], state, base);
    case 'record-input-texts':
      return recordTexts(command.texts, state, base);
    case 'log-outputs':
      return logModelOutputs(command.models, state, base);
    case 'record-model':
      return recordModel(command.model, state, base);
    case 'update':
      return update(command, state, base);
    default:
      return never(command);
  }
}

export const runDeleted = (runId: RunId) =>
  refuse('state', 'run-deleted', `The run ${runId} must be in the 'active' state. Current state is deleted.`, 'run_id');

function start({ type: _, ...command }: Extract<RunCommand, { type: 'start' }>, state: Run): Decision<RunEvent> {
  // The same start again is a retry; MLflow's clients choose no run ids, workers derive them from their job.
  if (state.id !== undefined)
    return state.experimentId === command.experimentId
      ? accept()
      : refuse('already-exists', 'run-exists', `Run '${command.runId}' already exists`, 'run_id');
  const { name, tags, startTime } = command;
  const problem = nameProblem(name) ?? startTagsProblem(tags, name) ?? wholeProblem(startTime, 'start_time');
  if (problem) return { ok: false, refusal: problem };
  // An empty tag names nothing.
  const tagged = tags.findLast(({ key }) => key === RUN_NAME)?.value || name;
  if (tagged !== name) {
    const message = `Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='${name}', mlflow.runName=${JSON.stringify(tagged)}).`;
    return refuse('invalid', 'two-names', message, 'run_name');
  }
  const others = tags.filter(({ key }) => key !== RUN_NAME);
  return accept({ type: 'RunStarted', data: { ...command, tags: [...others, { key: RUN_NAME, value: name }] } });
}

const nameProblem = (name: string) => lengthProblem('the name', name, LIMITS.tagValue, 'run_name');

/** All or nothing: one refusal for the whole batch, or one append with everything that is new. */
function log({ metrics, params, tags }: Batch, state: Run, base: Base): Decision<RunEvent> {
  const problem = batchProblem({ metrics, params, tags });
  if (problem) return { ok: false, refusal: problem };
  const changed = params.find(({ key, value }) => (state.params.get(key) ?? value) !== value);
  if (changed) {
    const { key, value } = changed;
    return refuse(
      'invalid',
      'param-immutable',
      `Changing param values is not allowed. Param with key='${key}' was already logged with value='${state.params.get(key)}' for run ID='${base.runId}'. Attempted logging new value '${value}'.`,
      'params',
    );
  }
  const fresh = params.filter(({ key }) => !state.params.has(key));
  return accept<RunEvent>(
    ...inEvents(fresh).map((part) => ({ type: 'ParamsLogged' as const, data: { ...base, params: part } })),
    ...setTags(tags, state, base),
    ...metricEvents(metrics, base),
  );
}

/** The last value of a key counts. Without a name a run would be hard to find, so an empty one changes nothing. */
function setTags(tags: readonly RunTag[], state: Run, base: Base): readonly RunEvent[] {
  const last = [...new Map(tags.map((tag) => [tag.key, tag])).values()];
  const changed = last.filter(({ key, value }) => state.tags.get(key) !== value && !(key === RUN_NAME && value === ''));
  const name = changed.find(({ key }) => key === RUN_NAME)?.value;
  const renamed = typeof name === 'string' && name !== state.name;
  return [
    ...inEvents(changed).map((part) => ({ type: 'TagsSet' as const, data: { ...base, tags: part } })),
    ...(renamed ? [{ type: 'RunRenamed' as const, data: { ...base, name } }] : []),
  ];
}

export const metricEvents = (metrics: readonly Metric[], base: Base): readonly RunEvent[] =>
  inEvents(metrics).map((part) => ({ type: 'MetricsLogged', data: { ...base, metrics: part } }));

function logInputs(
  inputs: readonly RecordedInput[],
  models: readonly LoggedModelId[],
  state: Run,
  base: Base,
): Decision<RunEvent> {
  const problem = inputsProblem(inputs) ?? missingTextProblem(inputs, state);
  if (problem) return { ok: false, refusal: problem };
  const first = new Map(inputs.toReversed().map((input) => [inputKey(input), input]));
  const fresh = inputs.filter((input) => !state.inputs.has(inputKey(input)) && first.get(inputKey(input)) === input);
  return accept<RunEvent>(
    ...packed(fresh).map((part) => ({ type: 'InputsLogged' as const, data: { ...base, inputs: part } })),
    ...newModelInputs(models, state, base),
  );
}

/** What is recorded already was recorded by an earlier try, or for another data set. */
function recordTexts(texts: readonly TextPart[], state: Run, base: Base): Decision<RunEvent> {
  const fresh = texts.filter((part) => !state.inputTexts.has(textKey(part)));
  return accept(
    ...packed(fresh).map((part) => ({ type: 'InputTextsRecorded' as const, data: { ...base, texts: part } })),
  );
}

type Update = Extract<RunCommand, { type: 'update' }>;

function update({ name = '', status, endTime }: Update, state: Run, base: Base): Decision<RunEvent> {
  const problem = nameProblem(name) ?? (endTime === undefined ? undefined : wholeProblem(endTime, 'end_time'));
  if (problem) return { ok: false, refusal: problem };
  return accept(
    ...setTags([{ key: RUN_NAME, value: name }], state, base),
    ...changeStatus(status, endTime, state, base),
  );
}

/** An end time stays when a run goes on, until there is another one: MLflow has it so. */
function changeStatus(
  status: RunStatus | undefined,
  endTime: number | undefined,
  state: Run,
  base: Base,
): readonly RunEvent[] {
  const end = endTime === undefined || endTime === state.endTime ? {} : { endTime };
  const next = status ?? state.status;
  if (next === state.status && !('endTime' in end)) return [];
  if (next === 'RUNNING' || next === 'SCHEDULED')
    return [{ type: 'RunResumed', data: { ...base, status: next, ...end } }];
  return [{ type: 'RunEnded', data: { ...base, status: next, ...end } }];
}

export const runDecider: Decider<Run, RunCommand, RunEvent> = { initial: noRun, evolve, decide };
