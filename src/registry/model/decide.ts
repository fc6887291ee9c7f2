import { accept, Decider, Decision, never, refuse } from '../../core/index.js';
import { isPrompt } from '../prompt.js';
import { Tags } from '../rules.js';
import { Base, CreateVersion, ModelCommand, noModel, noVersion } from './command.js';
import { deleteAlias, inTheWay, setAlias } from './decide-alias.js';
import { rollBack, sealing, tagging, transition } from './decide-stage.js';
import { ModelEvent } from './events.js';
import { absentModel, evolve, Model } from './state.js';

export function decide(command: ModelCommand, model: Model): Decision<ModelEvent> {
  const { modelId, name, at } = command;
  const base = { modelId, name, at };
  if (command.type === 'register') {
    if (model.status !== 'absent') {
      return refuse('already-exists', 'model-exists', taken(name, model, command.tags), 'name');
    }
    const { description, tags } = command;
    return accept({
      type: 'ModelRegistered',
      data: { ...base, ...(description === undefined ? {} : { description }), tags },
    });
  }
  // Deleting again lets a caller finish what a crash left half done.
  if (model.status === 'deleted' && command.type === 'delete') return accept();
  if (model.status !== 'active') return noModel(name);
  return decideActive(command, model, base);
}

function decideActive(
  command: Exclude<ModelCommand, { type: 'register' }>,
  model: Model,
  base: Base,
): Decision<ModelEvent> {
  switch (command.type) {
    case 'describe':
      if (model.description === command.description) return accept();
      return accept({ type: 'RegisteredModelDescribed', data: { ...base, description: command.description } });
    case 'set-tag': {
      const { key, value } = command;
      return model.tags.get(key) === value
        ? accept()
        : accept({ type: 'RegisteredModelTagSet', data: { ...base, key, value } });
    }
    case 'delete-tag':
      if (!model.tags.has(command.key)) return accept();
      return accept({ type: 'RegisteredModelTagDeleted', data: { ...base, key: command.key } });
    case 'delete':
      return deleteModel(model, base);
    case 'create-version':
      return createVersion(command, model, base);
    case 'roll-back':
      return rollBack(command, model, base);
    case 'transition':
      return transition(command, model, base);
    case 'set-alias':
      return setAlias(command, model, base);
    case 'delete-alias':
      return deleteAlias(command, model, base);
    default:
      return decideVersion(command, model, base);
  }
}

type VersionCommand = Extract<
  ModelCommand,
  {
    type:
      | 'describe-version'
      | 'set-version-tag'
      | 'delete-version-tag'
      | 'delete-version'
      | 'seal-version'
      | 'note-approval';
  }
>;

function decideVersion(command: VersionCommand, model: Model, base: Base): Decision<ModelEvent> {
  const { version } = command;
  const found = model.versions.get(version);
  if (!found) return noVersion(command);
  const data = { ...base, version };
  switch (command.type) {
    case 'describe-version':
      if (found.description === command.description) return accept();
      return accept({ type: 'ModelVersionDescribed', data: { ...data, description: command.description } });
    case 'set-version-tag': {
      const { key, value } = command;
      return found.tags.get(key) === value
        ? accept()
        : accept({ type: 'ModelVersionTagSet', data: { ...data, key, value } });
    }
    case 'delete-version-tag':
      if (!found.tags.has(command.key)) return accept();
      return accept({ type: 'ModelVersionTagDeleted', data: { ...data, key: command.key } });
    case 'delete-version': {
      return inTheWay(model, base.name, version) ?? accept({ type: 'ModelVersionDeleted', data });
    }
    case 'seal-version':
      return accept(...sealing(command, found, base));
    case 'note-approval':
      return accept(...tagging(found, command.tags, base));
    default:
      return never(command);
  }
}

function createVersion(command: CreateVersion, model: Model, base: Base): Decision<ModelEvent> {
  const { source, storage, loggedModelId, copyOf, runId, runLink, description, tags, requestKey } = command;
  if (requestKey !== undefined && model.requests.has(requestKey)) return accept();
  const data = {
    ...base,
    version: model.lastVersion + 1,
    source,
    ...(storage === undefined ? {} : { storage }),
    ...(loggedModelId === undefined ? {} : { loggedModelId }),
    ...(copyOf === undefined ? {} : { copyOf }),
    ...(runId === undefined ? {} : { runId }),
    ...(runLink === undefined ? {} : { runLink }),
    ...(description === undefined ? {} : { description }),
    tags,
    ...(requestKey === undefined ? {} : { requestKey }),
  };
  return accept({ type: 'ModelVersionCreated', data });
}

function deleteModel(model: Model, base: Base): Decision<ModelEvent> {
  for (const version of model.versions.keys()) {
    const refusal = inTheWay(model, base.name, version);
    if (refusal) return refusal;
  }
  return accept({ type: 'RegisteredModelDeleted', data: base });
}

/** Models and prompts share their names; who takes one for the other is told so. */
function taken(name: string, model: Model, tags: Tags): string {
  const kind = (prompt: boolean) => (prompt ? 'Prompt' : 'Registered Model');
  const old = kind(isPrompt(model.tags));
  const wanted = kind(isPrompt(tags));
  if (old === wanted) return `${old} (name=${name}) already exists.`;
  return `The name '${name}' is taken by a ${old.toLowerCase()}, so no ${wanted.toLowerCase()} can have it.`;
}

export const modelDecider: Decider<Model, ModelCommand, ModelEvent> = { initial: absentModel, evolve, decide };
