import { accept, Decider, Decision, ModelId, never, refuse } from '../../core/index.js';
import { Directory, DirectoryEvent, emptyDirectory, evolve } from './events.js';

interface Base {
  readonly modelId: ModelId;
  readonly name: string;
  readonly at: number;
}

export type DirectoryCommand =
  /** Makes sure that somebody holds the name; whoever asks must look who it is. */
  | (Base & { readonly type: 'reserve' })
  | (Base & { readonly type: 'rename'; readonly newName: string })
  | (Base & { readonly type: 'release' });

export const DIRECTORY = 'directory-models';

export function decide(command: DirectoryCommand, { byName }: Directory): Decision<DirectoryEvent> {
  const { modelId, name, at } = command;
  switch (command.type) {
    case 'reserve':
      if (byName.has(name)) return accept();
      return accept({ type: 'RegisteredModelNameReserved', data: { modelId, name, at } });
    case 'rename': {
      const { newName } = command;
      if (byName.get(name) !== modelId) {
        return refuse('not-found', 'model-not-found', `Registered Model with name=${name} not found`, 'name');
      }
      if (newName === name) return accept();
      if (byName.has(newName)) {
        return refuse(
          'already-exists',
          'model-exists',
          `Registered Model (name=${newName}) already exists.`,
          'new_name',
        );
      }
      return accept({ type: 'RegisteredModelRenamed', data: { modelId, name: newName, from: name, at } });
    }
    case 'release':
      if (byName.get(name) !== modelId) return accept();
      return accept({ type: 'RegisteredModelNameReleased', data: { modelId, name, at } });
    default:
      return never(command);
  }
}

export const directoryDecider: Decider<Directory, DirectoryCommand, DirectoryEvent> = {
  initial: emptyDirectory,
  evolve,
  decide,
};
