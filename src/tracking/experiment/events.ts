import { Map } from 'immutable';
import { DomainEvent, EventDefinition, ExperimentId, never } from '../../core/index.js';

export interface Tag {
  readonly key: string;
  readonly value: string;
}
interface Base {
  readonly experimentId: ExperimentId;
  readonly name: string;
}

export type ExperimentEvent =
  | DomainEvent<'ExperimentCreated', Base & { readonly artifactLocation?: string; readonly tags: readonly Tag[] }>
  | DomainEvent<'ExperimentDeleted', Base>
  | DomainEvent<'ExperimentRestored', Base>
  | DomainEvent<'ExperimentTagSet', Base & Tag>
  | DomainEvent<'ExperimentTagDeleted', Base & { readonly key: string }>;

export interface Experiment {
  readonly id: ExperimentId | undefined;
  /** The name at creation; the directory knows today's. */
  readonly name: string;
  readonly lifecycle: 'active' | 'deleted';
  readonly tags: Map<string, string>;
}

export const noExperiment: Experiment = { id: undefined, name: '', lifecycle: 'active', tags: Map() };

export function evolve(state: Experiment, event: ExperimentEvent): Experiment {
  switch (event.type) {
    case 'ExperimentCreated': {
      const { experimentId, name, tags } = event.data;
      return { id: experimentId, name, lifecycle: 'active', tags: Map(tags.map(({ key, value }) => [key, value])) };
    }
    case 'ExperimentDeleted':
      return { ...state, lifecycle: 'deleted' };
    case 'ExperimentRestored':
      return { ...state, lifecycle: 'active' };
    case 'ExperimentTagSet':
      return { ...state, tags: state.tags.set(event.data.key, event.data.value) };
    case 'ExperimentTagDeleted':
      return { ...state, tags: state.tags.delete(event.data.key) };
    default:
      return never(event);
  }
}

export const resource: EventDefinition['resource'] = (data) => {
  const { experimentId, name } = data as unknown as Base;
  return { kind: 'experiment', id: experimentId, name };
};
const sample = { experimentId: '1', name: 'LIMS_Contamination_Detection' };
const stream = 'experiment-<experiment id>';

export const experimentEvents: readonly EventDefinition[] = [
  {
    type: 'ExperimentCreated',
    summary: 'An experiment was created.',
    stream,
    resource,
    samples: [
      { ...sample, artifactLocation: 'mlflow-artifacts:/1', tags: [{ key: 'Project', value: 'Lab_Modernization' }] },
    ],
  },
  {
    type: 'ExperimentDeleted',
    summary: 'An experiment was deleted, and its runs with it; it can be restored.',
    stream,
    resource,
    samples: [sample],
  },
  {
    type: 'ExperimentRestored',
    summary: 'A deleted experiment was restored, and its runs with it.',
    stream,
    resource,
    samples: [sample],
  },
  {
    type: 'ExperimentTagSet',
    summary: 'A tag of an experiment was set.',
    stream,
    resource,
    samples: [{ ...sample, key: 'Project', value: 'Lab_Modernization' }],
  },
  {
    type: 'ExperimentTagDeleted',
    summary: 'A tag of an experiment was removed.',
    stream,
    resource,
    samples: [{ ...sample, key: 'Project' }],
  },
];
