import { Map } from 'immutable';
import { DomainEvent, EventDefinition, ModelId, never } from '../../core/index.js';

interface Name {
  readonly modelId: ModelId;
  readonly name: string;
  /** Server time of the command, Unix milliseconds. */
  readonly at: number;
}

export type DirectoryEvent =
  | DomainEvent<'RegisteredModelNameReserved', Name>
  | DomainEvent<'RegisteredModelRenamed', Name & { readonly from: string }>
  | DomainEvent<'RegisteredModelNameReleased', Name>;

/** Which model a name means; the only authority on it. */
export interface Directory {
  readonly byName: Map<string, ModelId>;
}

export const emptyDirectory: Directory = { byName: Map() };

export function evolve({ byName }: Directory, event: DirectoryEvent): Directory {
  switch (event.type) {
    case 'RegisteredModelNameReserved':
      return { byName: byName.set(event.data.name, event.data.modelId) };
    case 'RegisteredModelRenamed':
      return { byName: byName.delete(event.data.from).set(event.data.name, event.data.modelId) };
    case 'RegisteredModelNameReleased':
      return { byName: byName.delete(event.data.name) };
    default:
      return never(event);
  }
}

const resource: EventDefinition['resource'] = (data) => {
  const { modelId, name } = data as unknown as Name;
  return { kind: 'registered-model', id: modelId, name };
};
const sample = { modelId: '0192f0a8c4b77a1e9d3c5b6a7f8e9d0c', name: 'lims_contamination_detector', at: 1767603600000 };
const stream = 'directory-models';

export const directoryEvents: readonly EventDefinition[] = [
  {
    type: 'RegisteredModelNameReserved',
    summary: 'A name was set aside for a registered model that is about to be created.',
    stream,
    resource,
    samples: [sample],
  },
  {
    type: 'RegisteredModelRenamed',
    summary: 'A registered model got another name; its id, versions and history stay.',
    stream,
    resource,
    samples: [{ ...sample, from: 'contamination_detector' }],
  },
  {
    type: 'RegisteredModelNameReleased',
    summary: 'The name of a deleted registered model became free.',
    stream,
    resource,
    samples: [sample],
  },
];
