import { never } from '../../core/index.js';
import { Projection } from '../../projection/index.js';
import { directoryEvents, DirectoryEvent } from '../directory/events.js';
import { modelEvents } from '../model/catalogue.js';
import { ModelEvent, VersionCreated } from '../model/events.js';
import { touchesModel } from '../model/state.js';
import { Stage } from '../stage.js';
import { registrySchema } from './schema.js';
import { registryStatements, RegistryStatements } from './statements.js';

const OURS: ReadonlySet<string> = new Set([...directoryEvents, ...modelEvents].map(({ type }) => type));

/** What is registered now: models and versions with their tags. Deleted ones are gone from here, not from the log. */
export const registryProjection: Projection = {
  name: 'registry.models',
  version: 4,
  tables: [
    'registered_models',
    'registered_model_tags',
    'model_versions',
    'model_version_tags',
    'registered_model_aliases',
  ],
  schema: registrySchema,
  prepare: (statements) => {
    const tables = registryStatements(statements);
    return (event) => {
      if (OURS.has(event.type)) apply(tables, event as unknown as DirectoryEvent | ModelEvent);
    };
  },
};

function apply(tables: RegistryStatements, event: DirectoryEvent | ModelEvent): void {
  const { modelId, at } = event.data;
  switch (event.type) {
    case 'RegisteredModelNameReserved':
    case 'RegisteredModelNameReleased':
      return;
    case 'RegisteredModelRenamed':
      for (const rename of tables.renameModel) rename({ modelId, name: event.data.name, at });
      return;
    case 'ModelRegistered': {
      const { name, description = null, tags } = event.data;
      tables.addModel({ modelId, name, description, at });
      for (const [key, value] of tags) tables.setModelTag({ modelId, key, value });
      return;
    }
    case 'RegisteredModelDeleted':
      for (const drop of tables.dropModel) drop({ modelId });
      return;
    default:
      applyChange(tables, event);
      if (touchesModel(event)) tables.touchModel({ modelId, at });
  }
}

type Change = Exclude<ModelEvent, { type: 'ModelRegistered' | 'RegisteredModelDeleted' }>;

function applyChange(tables: RegistryStatements, event: Change): void {
  const { modelId, at } = event.data;
  switch (event.type) {
    case 'RegisteredModelDescribed':
      tables.describeModel({ modelId, description: event.data.description });
      return;
    case 'RegisteredModelTagSet':
      tables.setModelTag({ modelId, key: event.data.key, value: event.data.value });
      return;
    case 'RegisteredModelTagDeleted':
      tables.dropModelTag({ modelId, key: event.data.key });
      return;
    case 'RegisteredModelAliasSet':
      tables.setAlias({ modelId, alias: event.data.alias, version: event.data.version });
      return;
    case 'RegisteredModelAliasDeleted':
      tables.dropAlias({ modelId, alias: event.data.alias });
      return;
    case 'ModelVersionCreated':
      return addVersion(tables, event.data);
    case 'ModelVersionSealed':
      tables.sealVersion({ modelId, version: event.data.version, storage: event.data.storage });
      return;
    case 'ModelVersionStageChanged':
      return move(tables, event.data, event.data.to);
    case 'ModelVersionRolledBack':
      return move(tables, event.data, 'Production');
    case 'ModelVersionDeleted':
      for (const drop of tables.dropVersion) drop({ modelId, version: event.data.version });
      return;
    case 'ModelVersionDescribed': {
      const { version, description } = event.data;
      tables.describeVersion({ modelId, version, description });
      tables.touchVersion({ modelId, version, at });
      return;
    }
    case 'ModelVersionTagSet':
      tables.setVersionTag({ modelId, version: event.data.version, key: event.data.key, value: event.data.value });
      return;
    case 'ModelVersionTagDeleted':
      tables.dropVersionTag({ modelId, version: event.data.version, key: event.data.key });
      return;
    default:
      never(event);
  }
}

function addVersion(tables: RegistryStatements, data: VersionCreated): void {
  const { modelId, version, source, storage = null, loggedModelId = null, runId = null, at, tags } = data;
  const { runLink = null, description = null } = data;
  const stage: Stage = 'None';
  tables.addVersion({ modelId, version, source, storage, loggedModelId, runId, runLink, description, stage, at });
  for (const [key, value] of tags) tables.setVersionTag({ modelId, version, key, value });
}

interface Move {
  readonly modelId: string;
  readonly version: number;
  readonly archived: readonly number[];
  readonly at: number;
}

function move(tables: RegistryStatements, { modelId, version, archived, at }: Move, stage: Stage): void {
  for (const other of archived) tables.moveVersion({ modelId, version: other, stage: 'Archived', at });
  tables.moveVersion({ modelId, version, stage, at });
}
