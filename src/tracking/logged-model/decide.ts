import {
  accept,
  Decider,
  Decision,
  ExperimentId,
  LoggedModelId,
  never,
  refuse,
  Refusal,
  RunId,
} from '../../core/index.js';
import { Param, RunTag } from '../run/events.js';
import { inEvents } from '../run/sizes.js';
import {
  modelBytesProblem,
  modelNameProblem,
  modelParamsProblem,
  modelTagsProblem,
  modelTypeProblem,
} from './checks.js';
import { evolve, LoggedModel, LoggedModelEvent, ModelStatus, noLoggedModel } from './events.js';

export interface NewLoggedModel {
  readonly modelId: LoggedModelId;
  readonly experimentId: ExperimentId;
  readonly name: string;
  readonly modelType?: string;
  readonly sourceRunId?: RunId;
  readonly tags: readonly RunTag[];
  readonly params: readonly Param[];
  /** Server time in ms. */
  readonly at: number;
}

export type LoggedModelCommand =
  | ({ readonly type: 'create' } & NewLoggedModel)
  | { readonly type: 'log-params'; readonly params: readonly Param[] }
  | { readonly type: 'set-tags'; readonly tags: readonly RunTag[] }
  | { readonly type: 'delete-tag'; readonly key: string }
  | { readonly type: 'note-version'; readonly version: { readonly name: string; readonly version: number } }
  | { readonly type: 'finalize'; readonly status: ModelStatus; readonly at: number }
  | { readonly type: 'delete'; readonly at: number };

export const loggedModelStream = (id: LoggedModelId): string => `logged-model-${id}`;

/** A JSON list of `{name, version}`: which registered versions were made from a model. */
export const MODEL_VERSIONS = 'mlflow.modelVersions';

type Known = LoggedModel & { readonly id: LoggedModelId };
const baseOf = ({ id: modelId, experimentId, name }: Known) => ({ modelId, experimentId, name });
const refused = (refusal: Refusal) => ({ ok: false as const, refusal });

export function decide(command: LoggedModelCommand, state: LoggedModel): Decision<LoggedModelEvent> {
  if (command.type === 'create') return create(command, state);
  const { id } = state;
  if (id === undefined) return refuse('not-found', 'logged-model-not-found', 'No such logged model', 'model_id');
  const known = { ...state, id };
  if (command.type === 'delete')
    return state.lifecycle === 'deleted'
      ? accept()
      : accept({ type: 'LoggedModelDeleted', data: { ...baseOf(known), at: command.at } });
  if (state.lifecycle === 'deleted') return refused(loggedModelDeleted(id));
  switch (command.type) {
    case 'log-params':
      return logParams(command.params, known);
    case 'set-tags':
      return setTags(command.tags, known);
    case 'delete-tag':
      return deleteTag(command.key, known);
    case 'note-version':
      return noteVersion(command.version, known);
    case 'finalize': {
      const { status, at } = command;
      if (status === state.status) return accept();
      return accept({ type: 'LoggedModelFinalized', data: { ...baseOf(known), status, at } });
    }
    default:
      return never(command);
  }
}

export const loggedModelDeleted = (id: LoggedModelId): Refusal => ({
  kind: 'state',
  code: 'logged-model-deleted',
  message: `The logged model ${id} must be in the 'active' state. Current state is deleted.`,
  field: 'model_id',
});

function create({ type: _, params, ...made }: { type: 'create' } & NewLoggedModel, state: LoggedModel) {
  // Ids are made here or derive from the request: the same creation again is a retry.
  if (state.id !== undefined) return accept<LoggedModelEvent>();
  const { modelId, experimentId, name, modelType, tags } = made;
  const problem =
    modelNameProblem(name) ?? modelTypeProblem(modelType) ?? modelTagsProblem(tags) ?? modelBytesProblem(params, tags);
  if (problem) return refused(problem);
  const known = { ...noLoggedModel, id: modelId, experimentId, name };
  const logged = logParams(params, known);
  if (!logged.ok) return logged;
  return accept<LoggedModelEvent>(
    { type: 'LoggedModelCreated', data: { ...made, tags: lastOfEach(tags) } },
    ...logged.events,
  );
}

const lastOfEach = (tags: readonly RunTag[]): readonly RunTag[] => [
  ...new Map(tags.map((tag) => [tag.key, tag])).values(),
];

/** Logged once; the same value again is a retry. */
function logParams(params: readonly Param[], state: Known): Decision<LoggedModelEvent> {
  const problem = modelParamsProblem(params) ?? modelBytesProblem(params);
  if (problem) return refused(problem);
  const all = new Map(state.params);
  const fresh: Param[] = [];
  for (const param of params) {
    const known = all.get(param.key);
    if (known !== undefined && known !== param.value) return paramChanged(param, known, state);
    if (known === undefined) fresh.push(param);
    all.set(param.key, param.value);
  }
  const base = baseOf(state);
  return accept(
    ...inEvents(fresh).map((part) => ({ type: 'LoggedModelParamsLogged' as const, data: { ...base, params: part } })),
  );
}

const paramChanged = ({ key, value }: Param, known: string, { id }: Known) =>
  refuse(
    'invalid',
    'param-immutable',
    `Changing param values is not allowed. Param with key='${key}' was already logged with value='${known}' for model ID='${id}'. Attempted logging new value '${value}'.`,
    'params',
  );

function setTags(tags: readonly RunTag[], state: Known): Decision<LoggedModelEvent> {
  const problem = modelTagsProblem(tags);
  if (problem) return refused(problem);
  const changed = lastOfEach(tags).filter(({ key, value }) => state.tags.get(key) !== value);
  if (changed.length === 0) return accept();
  return accept({ type: 'LoggedModelTagsSet', data: { ...baseOf(state), tags: changed } });
}

function deleteTag(key: string, state: Known): Decision<LoggedModelEvent> {
  if (state.tags.has(key)) return accept({ type: 'LoggedModelTagDeleted', data: { ...baseOf(state), key } });
  const message = `No tag with key '${key}' found for model with ID '${state.id}'.`;
  return refuse('not-found', 'tag-not-found', message, 'tag_key');
}

interface Version {
  readonly name: string;
  readonly version: number;
}

function noteVersion({ name, version }: Version, state: Known): Decision<LoggedModelEvent> {
  const noted = versionsIn(state.tags.get(MODEL_VERSIONS));
  if (noted.some((each) => each.name === name && each.version === version)) return accept();
  const value = JSON.stringify([...noted, { name, version }]);
  return setTags([{ key: MODEL_VERSIONS, value }], state);
}

/** Clients can write this tag too: what is no list in it is begun anew. */
function versionsIn(value: RunTag['value'] | undefined): readonly Version[] {
  try {
    const list: unknown = typeof value === 'string' ? JSON.parse(value) : [];
    const isVersion = (each: unknown): each is Version => typeof each === 'object' && each !== null;
    return Array.isArray(list) ? list.filter(isVersion) : [];
  } catch {
    return [];
  }
}

export const loggedModelDecider: Decider<LoggedModel, LoggedModelCommand, LoggedModelEvent> = {
  initial: noLoggedModel,
  evolve,
  decide,
};
