import { Map } from 'immutable';
import {
  accept,
  Decider,
  Decision,
  DomainEvent,
  EventDefinition,
  ExperimentId,
  never,
  refuse,
} from '../../core/index.js';
import { lengthProblem, LIMITS } from '../keys.js';
import { resource } from './events.js';

interface Named {
  readonly experimentId: ExperimentId;
  readonly name: string;
}

export type DirectoryEvent =
  DomainEvent<'ExperimentNameReserved', Named> | DomainEvent<'ExperimentRenamed', Named & { readonly from: string }>;

/** Which experiment a name means; the only authority on names, and on which id comes next. */
export interface ExperimentDirectory {
  readonly byName: Map<string, ExperimentId>;
  readonly byId: Map<ExperimentId, string>;
  readonly next: number;
}

export type DirectoryCommand =
  /** Makes sure that some experiment has the name; whoever asks looks which. */
  | { readonly type: 'reserve'; readonly name: string }
  /** The experiment `0`, which MLflow's clients take for granted. */
  | { readonly type: 'reserve-default' }
  | { readonly type: 'rename'; readonly experimentId: ExperimentId; readonly name: string };

export const EXPERIMENT_DIRECTORY = 'directory-experiments';
export const DEFAULT_EXPERIMENT = { experimentId: '0' as ExperimentId, name: 'Default' };

function evolve(state: ExperimentDirectory, event: DirectoryEvent): ExperimentDirectory {
  const { experimentId, name } = event.data;
  switch (event.type) {
    case 'ExperimentNameReserved':
      return {
        byName: state.byName.set(name, experimentId),
        byId: state.byId.set(experimentId, name),
        next: Math.max(state.next, Number(experimentId) + 1),
      };
    case 'ExperimentRenamed':
      return {
        ...state,
        byName: state.byName.delete(event.data.from).set(name, experimentId),
        byId: state.byId.set(experimentId, name),
      };
    default:
      return never(event);
  }
}

function decide(command: DirectoryCommand, { byName, byId, next }: ExperimentDirectory): Decision<DirectoryEvent> {
  switch (command.type) {
    case 'reserve-default':
      return byId.has(DEFAULT_EXPERIMENT.experimentId)
        ? accept()
        : accept({ type: 'ExperimentNameReserved', data: DEFAULT_EXPERIMENT });
    case 'reserve': {
      const { name } = command;
      const problem = nameProblem(name, 'name');
      if (problem) return problem;
      if (byName.has(name)) return accept();
      const experimentId = isDefault(name, byId) ? DEFAULT_EXPERIMENT.experimentId : (String(next) as ExperimentId);
      return accept({ type: 'ExperimentNameReserved', data: { experimentId, name } });
    }
    case 'rename': {
      const { experimentId, name } = command;
      const from = byId.get(experimentId);
      if (from === undefined)
        return refuse(
          'not-found',
          'experiment-not-found',
          `No Experiment with id=${experimentId} exists`,
          'experiment_id',
        );
      const problem = nameProblem(name, 'new_name');
      if (problem) return problem;
      if (from === name) return accept();
      if (byName.has(name) || isDefault(name, byId))
        return refuse('already-exists', 'experiment-exists', `Experiment(name=${name}) already exists.`, 'new_name');
      return accept({ type: 'ExperimentRenamed', data: { experimentId, name, from } });
    }
    default:
      return never(command);
  }
}

/** Until `0` has taken its name, nothing else may. */
const isDefault = (name: string, byId: ExperimentDirectory['byId']): boolean =>
  name === DEFAULT_EXPERIMENT.name && !byId.has(DEFAULT_EXPERIMENT.experimentId);

function nameProblem(name: string, field: string) {
  if (name.trim() === '')
    return refuse('invalid', 'missing-name', `Invalid experiment name: '${name}': it must not be empty`, field);
  const problem = lengthProblem('the name', name, LIMITS.experimentName, field);
  return problem ? { ok: false as const, refusal: problem } : undefined;
}

export const directoryDecider: Decider<ExperimentDirectory, DirectoryCommand, DirectoryEvent> = {
  initial: { byName: Map(), byId: Map(), next: 1 },
  evolve,
  decide,
};

const sample = { experimentId: '1', name: 'LIMS_Contamination_Detection' };

export const directoryEvents: readonly EventDefinition[] = [
  {
    type: 'ExperimentNameReserved',
    summary: 'A name and an id were set aside for an experiment that is about to be created.',
    stream: EXPERIMENT_DIRECTORY,
    resource,
    samples: [sample],
  },
  {
    type: 'ExperimentRenamed',
    summary: 'An experiment got another name; its id stays.',
    stream: EXPERIMENT_DIRECTORY,
    resource,
    samples: [{ ...sample, from: 'LIMS' }],
  },
];
