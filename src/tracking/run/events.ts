import { Map, Set } from 'immutable';
import { DomainEvent, ExperimentId, LoggedModelId, never, RunId, Sealed } from '../../core/index.js';

export const RUN_STATUSES = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export interface Param {
  readonly key: string;
  readonly value: string;
}
/** A tag whose value tells who a person is (`mlflow.user`) is sealed. */
export interface RunTag {
  readonly key: string;
  readonly value: string | Sealed;
}
/** JSON has no NaN and no infinities: they are words, as on MLflow's wire. */
export type MetricValue = number | 'NaN' | 'Infinity' | '-Infinity';
export interface Metric {
  readonly key: string;
  readonly value: MetricValue;
  /** Unix milliseconds, as the client claims them. */
  readonly timestamp: number;
  readonly step: number;
  /** The logged model that the point is about as well, and the data set it was measured on. */
  readonly modelId?: LoggedModelId;
  readonly datasetName?: string;
  readonly datasetDigest?: string;
}
/** A logged model that a run made, and at which of its steps. */
export interface ModelOutput {
  readonly modelId: LoggedModelId;
  readonly step: number;
}
/** As it is recorded: a source that tells of the person or their machine is sealed. */
export interface RecordedInput extends Omit<DatasetInput, 'source'> {
  readonly source: string | Sealed;
  /** Where the text of this field is, when it is too long to stand here. */
  readonly schemaText?: TextRef;
  readonly profileText?: TextRef;
}
/** A text that was recorded in parts before; its digest tells that they are the right ones. */
export interface TextRef {
  readonly sha256: string;
  readonly parts: number;
}
export interface TextPart {
  /** Of the whole text, as UTF-8. */
  readonly sha256: string;
  /** From 0 on. */
  readonly part: number;
  readonly text: string;
}
export interface DatasetInput {
  readonly name: string;
  readonly digest: string;
  readonly sourceType: string;
  readonly source: string;
  readonly schema?: string;
  readonly profile?: string;
  readonly tags: readonly Param[];
}

interface Base {
  readonly runId: RunId;
  readonly experimentId: ExperimentId;
}

export type RunEvent =
  | DomainEvent<
      'RunStarted',
      Base & {
        readonly name: string;
        readonly startTime: number;
        readonly tags: readonly RunTag[];
        readonly user?: Sealed;
      }
    >
  | DomainEvent<'ParamsLogged', Base & { readonly params: readonly Param[] }>
  | DomainEvent<'TagsSet', Base & { readonly tags: readonly RunTag[] }>
  | DomainEvent<'TagDeleted', Base & { readonly key: string }>
  | DomainEvent<'MetricsLogged', Base & { readonly metrics: readonly Metric[] }>
  | DomainEvent<'InputTextsRecorded', Base & { readonly texts: readonly TextPart[] }>
  | DomainEvent<'InputsLogged', Base & { readonly inputs: readonly RecordedInput[] }>
  | DomainEvent<'ModelInputsLogged', Base & { readonly models: readonly LoggedModelId[] }>
  | DomainEvent<'ModelOutputsLogged', Base & { readonly models: readonly ModelOutput[] }>
  | DomainEvent<'RunRenamed', Base & { readonly name: string }>
  | DomainEvent<'RunEnded', Base & { readonly status: 'FINISHED' | 'FAILED' | 'KILLED'; readonly endTime?: number }>
  | DomainEvent<'RunResumed', Base & { readonly status: 'RUNNING' | 'SCHEDULED'; readonly endTime?: number }>
  | DomainEvent<'RunDeleted', Base>
  | DomainEvent<'RunRestored', Base>;

export interface Run {
  readonly id: RunId | undefined;
  readonly experimentId: ExperimentId;
  readonly name: string;
  readonly status: RunStatus;
  readonly startTime: number;
  readonly endTime: number | undefined;
  readonly lifecycle: 'active' | 'deleted';
  /** Who started it, as the client claimed. */
  readonly user: Sealed | undefined;
  readonly params: Map<string, string>;
  /** Sealed values are kept as they are: equal only to themselves. */
  readonly tags: Map<string, string | Sealed>;
  /** `name:digest` of the data sets that are inputs already. */
  readonly inputs: Map<string, true>;
  /** Which parts of which texts of data sets are recorded. */
  readonly inputTexts: Set<string>;
  /** Logged models that the run used, and those that it made. */
  readonly modelInputs: Set<LoggedModelId>;
  readonly modelOutputs: Set<LoggedModelId>;
}

export const noRun: Run = {
  id: undefined,
  experimentId: '' as ExperimentId,
  name: '',
  status: 'RUNNING',
  startTime: 0,
  endTime: undefined,
  lifecycle: 'active',
  user: undefined,
  params: Map(),
  tags: Map(),
  inputs: Map(),
  inputTexts: Set(),
  modelInputs: Set(),
  modelOutputs: Set(),
};

export function evolve(state: Run, event: RunEvent): Run {
  switch (event.type) {
    case 'RunStarted': {
      const { runId, experimentId, name, startTime, tags, user } = event.data;
      return {
        ...noRun,
        id: runId,
        experimentId,
        name,
        startTime,
        user,
        tags: Map(tags.map(({ key, value }) => [key, value])),
      };
    }
    case 'ParamsLogged':
      return {
        ...state,
        params: state.params.withMutations((params) =>
          event.data.params.forEach(({ key, value }) => params.set(key, value)),
        ),
      };
    case 'TagsSet':
      return {
        ...state,
        tags: state.tags.withMutations((tags) => event.data.tags.forEach(({ key, value }) => tags.set(key, value))),
      };
    case 'TagDeleted':
      return { ...state, tags: state.tags.delete(event.data.key) };
    case 'MetricsLogged':
      // Points are never part of the state: a run with a million of them decides as fast as an empty one.
      return state;
    case 'InputTextsRecorded':
      return { ...state, inputTexts: state.inputTexts.union(event.data.texts.map(textKey)) };
    case 'InputsLogged':
      return {
        ...state,
        inputs: state.inputs.withMutations((inputs) =>
          event.data.inputs.forEach((input) => inputs.set(inputKey(input), true)),
        ),
      };
    case 'ModelInputsLogged':
      return { ...state, modelInputs: state.modelInputs.union(event.data.models) };
    case 'ModelOutputsLogged':
      return { ...state, modelOutputs: state.modelOutputs.union(event.data.models.map(({ modelId }) => modelId)) };
    case 'RunRenamed':
      return { ...state, name: event.data.name };
    case 'RunEnded':
    case 'RunResumed':
      return { ...state, status: event.data.status, endTime: event.data.endTime ?? state.endTime };
    case 'RunDeleted':
      return { ...state, lifecycle: 'deleted' };
    case 'RunRestored':
      return { ...state, lifecycle: 'active' };
    default:
      return never(event);
  }
}

export const inputKey = ({ name, digest }: Pick<DatasetInput, 'name' | 'digest'>): string =>
  JSON.stringify([name, digest]);

export const textKey = ({ sha256, part }: Pick<TextPart, 'sha256' | 'part'>): string => `${sha256}/${part}`;
