import { Map } from 'immutable';
import { DomainEvent, ExperimentId, LoggedModelId, never, RunId, Sealed } from '../../core/index.js';
import { Param, RunTag } from '../run/events.js';

export const MODEL_STATUSES = ['PENDING', 'READY', 'FAILED'] as const;
export type ModelStatus = (typeof MODEL_STATUSES)[number];

/** In all events: which model, and its name, which never changes. */
interface Base {
  readonly modelId: LoggedModelId;
  readonly experimentId: ExperimentId;
  readonly name: string;
}
/** Server time of the command in ms: what MLflow tells as creation and last update. */
interface Timed {
  readonly at: number;
}

export type LoggedModelCreated = Base &
  Timed & { readonly modelType?: string; readonly sourceRunId?: RunId; readonly tags: readonly RunTag[] };

export type LoggedModelEvent =
  | DomainEvent<'LoggedModelCreated', LoggedModelCreated>
  | DomainEvent<'LoggedModelParamsLogged', Base & { readonly params: readonly Param[] }>
  | DomainEvent<'LoggedModelTagsSet', Base & { readonly tags: readonly RunTag[] }>
  | DomainEvent<'LoggedModelTagDeleted', Base & { readonly key: string }>
  | DomainEvent<'LoggedModelFinalized', Base & Timed & { readonly status: ModelStatus }>
  | DomainEvent<'LoggedModelDeleted', Base & Timed>;

export interface LoggedModel {
  readonly id: LoggedModelId | undefined;
  readonly experimentId: ExperimentId;
  readonly name: string;
  readonly modelType: string | undefined;
  readonly sourceRunId: RunId | undefined;
  readonly status: ModelStatus;
  readonly lifecycle: 'active' | 'deleted';
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly params: Map<string, string>;
  /** Sealed values are kept as they are: equal only to themselves. */
  readonly tags: Map<string, string | Sealed>;
}

export const noLoggedModel: LoggedModel = {
  id: undefined,
  experimentId: '' as ExperimentId,
  name: '',
  modelType: undefined,
  sourceRunId: undefined,
  status: 'PENDING',
  lifecycle: 'active',
  createdAt: 0,
  updatedAt: 0,
  params: Map(),
  tags: Map(),
};

export function evolve(state: LoggedModel, event: LoggedModelEvent): LoggedModel {
  switch (event.type) {
    case 'LoggedModelCreated': {
      const { modelId: id, experimentId, name, modelType, sourceRunId, tags, at } = event.data;
      const own = { id, experimentId, name, modelType, sourceRunId, createdAt: at, updatedAt: at };
      return { ...noLoggedModel, ...own, tags: Map(tags.map(({ key, value }) => [key, value])) };
    }
    case 'LoggedModelParamsLogged':
      return {
        ...state,
        params: state.params.withMutations((params) =>
          event.data.params.forEach(({ key, value }) => params.set(key, value)),
        ),
      };
    case 'LoggedModelTagsSet':
      return {
        ...state,
        tags: state.tags.withMutations((tags) => event.data.tags.forEach(({ key, value }) => tags.set(key, value))),
      };
    case 'LoggedModelTagDeleted':
      return { ...state, tags: state.tags.delete(event.data.key) };
    case 'LoggedModelFinalized':
      return { ...state, status: event.data.status, updatedAt: event.data.at };
    case 'LoggedModelDeleted':
      return { ...state, lifecycle: 'deleted', updatedAt: event.data.at };
    default:
      return never(event);
  }
}
