import { List, Map, Set as Members } from 'immutable';
import { ModelId, never, RunId } from '../../core/index.js';
import { Stage } from '../stage.js';
import { ModelEvent, VersionCreated } from './events.js';

export interface Version {
  readonly version: number;
  readonly source: string;
  readonly storage?: string;
  readonly loggedModelId?: string;
  readonly runId?: RunId;
  readonly runLink?: string;
  readonly description?: string;
  readonly tags: Map<string, string>;
  readonly stage: Stage;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A registered model with all its versions: one stream, so that a decision over several is atomic. */
export interface Model {
  readonly status: 'absent' | 'active' | 'deleted';
  readonly modelId: ModelId;
  readonly description?: string;
  readonly tags: Map<string, string>;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly versions: Map<number, Version>;
  /** Highest number ever given; numbers of deleted versions stay taken. */
  readonly lastVersion: number;
  readonly requests: Map<string, number>;
  /** Versions as they came into Production, the present one on top; a rollback takes from the top. */
  readonly production: List<number>;
  readonly aliases: Map<string, number>;
  /** Approvals by which something was done here. */
  readonly approvals: Members<string>;
}

export const absentModel: Model = {
  status: 'absent',
  modelId: '' as ModelId,
  tags: Map(),
  createdAt: 0,
  updatedAt: 0,
  versions: Map(),
  lastVersion: 0,
  requests: Map(),
  production: List(),
  aliases: Map(),
  approvals: Members(),
};

/** Events that leave the model's time of last update as it is, because MLflow's do. */
const UNTIMED: ReadonlySet<ModelEvent['type']> = new Set([
  'RegisteredModelTagSet',
  'RegisteredModelTagDeleted',
  'RegisteredModelAliasSet',
  'RegisteredModelAliasDeleted',
  'ModelVersionSealed',
  'ModelVersionDescribed',
  'ModelVersionTagSet',
  'ModelVersionTagDeleted',
]);

export const touchesModel = ({ type }: Pick<ModelEvent, 'type'>): boolean => !UNTIMED.has(type);

export function evolve(before: Model, event: ModelEvent): Model {
  const state = withApproval(before, event.data as { readonly approvalId?: string });
  const model: Model = touchesModel(event) ? { ...state, updatedAt: event.data.at } : state;
  switch (event.type) {
    case 'ModelRegistered': {
      const { modelId, description, tags, at } = event.data;
      return { ...model, status: 'active', modelId, description, tags: Map(tags), createdAt: at };
    }
    case 'RegisteredModelDescribed':
      return { ...model, description: event.data.description };
    case 'RegisteredModelTagSet':
      return { ...model, tags: model.tags.set(event.data.key, event.data.value) };
    case 'RegisteredModelTagDeleted':
      return { ...model, tags: model.tags.delete(event.data.key) };
    case 'RegisteredModelDeleted':
      return { ...model, status: 'deleted', versions: Map(), production: List(), aliases: Map() };
    case 'RegisteredModelAliasSet':
      return { ...model, aliases: model.aliases.set(event.data.alias, event.data.version) };
    case 'RegisteredModelAliasDeleted':
      return { ...model, aliases: model.aliases.delete(event.data.alias) };
    case 'ModelVersionCreated':
      return withNewVersion(model, event.data);
    case 'ModelVersionSealed': {
      const { version, storage } = event.data;
      const found = model.versions.get(version);
      return found ? { ...model, versions: model.versions.set(version, { ...found, storage }) } : model;
    }
    case 'ModelVersionDescribed':
      return change(model, event.data, (version) => ({ ...version, description: event.data.description }));
    case 'ModelVersionTagSet':
    case 'ModelVersionTagDeleted':
      return tagged(model, event);
    case 'ModelVersionDeleted':
      return without(model, event.data.version);
    case 'ModelVersionStageChanged': {
      const { version, from, to, archived, at } = event.data;
      const entered = to === 'Production' && from !== 'Production';
      const production = entered ? model.production.push(version) : model.production;
      return moved({ ...model, production }, version, to, archived, at);
    }
    case 'ModelVersionRolledBack': {
      const { version, archived, at } = event.data;
      const production = model.production.take(model.production.lastIndexOf(version) + 1);
      return moved({ ...model, production }, version, 'Production', archived, at);
    }
    default:
      return never(event);
  }
}

function tagged(
  model: Model,
  event: Extract<ModelEvent, { type: 'ModelVersionTagSet' | 'ModelVersionTagDeleted' }>,
): Model {
  const { version, key } = event.data;
  const found = model.versions.get(version);
  if (!found) return model;
  const tags = event.type === 'ModelVersionTagSet' ? found.tags.set(key, event.data.value) : found.tags.delete(key);
  return { ...model, versions: model.versions.set(version, { ...found, tags }) };
}

const without = (model: Model, version: number): Model => ({
  ...model,
  versions: model.versions.delete(version),
  production: model.production.filter((v) => v !== version),
  aliases: model.aliases.filter((v) => v !== version),
});

function withNewVersion(model: Model, data: VersionCreated): Model {
  const { version, source, storage, loggedModelId, runId, runLink, description, tags, requestKey, at } = data;
  const stage: Stage = 'None';
  const created: Version = {
    version,
    source,
    storage,
    loggedModelId,
    runId,
    runLink,
    description,
    tags: Map(tags),
    stage,
    createdAt: at,
    updatedAt: at,
  };
  return {
    ...model,
    versions: model.versions.set(version, created),
    lastVersion: version,
    requests: requestKey === undefined ? model.requests : model.requests.set(requestKey, version),
  };
}

const withApproval = (model: Model, { approvalId }: { readonly approvalId?: string }): Model =>
  approvalId === undefined ? model : { ...model, approvals: model.approvals.add(approvalId) };

function change(
  model: Model,
  { version, at }: { version: number; at: number },
  to: (version: Version) => Version,
): Model {
  const found = model.versions.get(version);
  if (!found) return model;
  return { ...model, versions: model.versions.set(version, { ...to(found), updatedAt: at }) };
}

function moved(model: Model, version: number, to: Stage, archived: readonly number[], at: number): Model {
  const others = archived.reduce(
    (state, other) => change(state, { version: other, at }, (v) => ({ ...v, stage: 'Archived' })),
    model,
  );
  return change(others, { version, at }, (v) => ({ ...v, stage: to }));
}

/** The version's aliases, in the order in which answers list them. */
export const aliasesOf = (model: Model, version: number): readonly string[] =>
  [...model.aliases.entries()].flatMap(([alias, of]) => (of === version ? [alias] : [])).sort();

export const inStage = (model: Model, stage: Stage): readonly number[] =>
  [...model.versions.values()]
    .filter((version) => version.stage === stage)
    .map(({ version }) => version)
    .sort((a, b) => a - b);

/** The highest version of each stage that has one, in the order of the stages. */
export function latestVersions(model: Model, stages: readonly Stage[]): readonly Version[] {
  return stages.flatMap((stage) => {
    const latest = inStage(model, stage).at(-1);
    return latest === undefined ? [] : [model.versions.get(latest)!];
  });
}
