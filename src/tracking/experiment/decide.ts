import { accept, Decider, Decision, ExperimentId, never, refuse, Refusal } from '../../core/index.js';
import { firstProblem, keyProblem, LIMITS, lengthProblem } from '../keys.js';
import { locationProblem } from './artifact-location.js';
import { evolve, Experiment, ExperimentEvent, noExperiment, Tag } from './events.js';

interface Made {
  readonly artifactLocation?: string;
  readonly tags: readonly Tag[];
}

/** Today's name, as the directory has it: it goes into the event for whoever reads the trail. */
interface Named {
  readonly name: string;
}

export type ExperimentCommand =
  | ({ readonly type: 'create'; readonly experimentId: ExperimentId } & Named & Made)
  | ({ readonly type: 'delete' } & Named)
  | ({ readonly type: 'restore' } & Named)
  | ({ readonly type: 'set-tag' } & Named & Tag)
  | ({ readonly type: 'delete-tag'; readonly key: string } & Named);

export const experimentStream = (id: ExperimentId): string => `experiment-${id}`;

export function decide(command: ExperimentCommand, state: Experiment): Decision<ExperimentEvent> {
  if (command.type === 'create') return create(command, state);
  const { id: experimentId, lifecycle, tags } = state;
  if (experimentId === undefined)
    return refuse('not-found', 'experiment-not-found', 'No such experiment', 'experiment_id');
  const base = { experimentId, name: command.name };
  const deleted = () =>
    refuse(
      'state',
      'experiment-deleted',
      `The experiment ${experimentId} must be in the 'active' state. Current state is deleted.`,
      'experiment_id',
    );
  switch (command.type) {
    case 'delete':
      if (lifecycle === 'deleted')
        return refuse(
          'not-found',
          'experiment-not-active',
          `No active experiment with id ${experimentId} exists: it is deleted`,
          'experiment_id',
        );
      return accept({ type: 'ExperimentDeleted', data: base });
    case 'restore':
      if (lifecycle === 'active')
        return refuse(
          'not-found',
          'experiment-not-deleted',
          `No deleted experiment with id ${experimentId} exists: it is active`,
          'experiment_id',
        );
      return accept({ type: 'ExperimentRestored', data: base });
    case 'set-tag': {
      const { key, value } = command;
      if (lifecycle === 'deleted') return deleted();
      const problem = tagProblem({ key, value }, '');
      if (problem) return { ok: false, refusal: problem };
      return tags.get(key) === value ? accept() : accept({ type: 'ExperimentTagSet', data: { ...base, key, value } });
    }
    case 'delete-tag': {
      const { key } = command;
      if (lifecycle === 'deleted') return deleted();
      if (!tags.has(key))
        return refuse(
          'not-found',
          'tag-not-found',
          `No tag with name: ${key} in experiment with id ${experimentId}`,
          'key',
        );
      return accept({ type: 'ExperimentTagDeleted', data: { ...base, key } });
    }
    default:
      return never(command);
  }
}

const tagProblem = ({ key, value }: Tag, at: string): Refusal | undefined =>
  keyProblem(key, `${at}key`) ?? lengthProblem('the value', value, LIMITS.experimentTagValue, `${at}value`);

/** All tags of a creation lie in one event; MLflow sets no limit to them, but an event has one. */
const TAGS_BYTES = 800_000;

/** Asked before a name is reserved too: what is refused anyway must not use one up. */
export function creationProblem({ artifactLocation, tags }: Made): Refusal | undefined {
  const problem =
    firstProblem(tags, (tag, index) => tagProblem(tag, `tags[${index}].`)) ??
    (artifactLocation === undefined ? undefined : locationProblem(artifactLocation));
  if (problem) return problem;
  const bytes = Buffer.byteLength(JSON.stringify(tags));
  if (bytes <= TAGS_BYTES) return undefined;
  return {
    kind: 'invalid',
    code: 'too-large',
    message: `'tags' has ${bytes} bytes, the limit is ${TAGS_BYTES}`,
    field: 'tags',
  };
}

function create(
  { type: _, ...made }: Extract<ExperimentCommand, { type: 'create' }>,
  state: Experiment,
): Decision<ExperimentEvent> {
  if (state.id !== undefined)
    return refuse('already-exists', 'experiment-exists', `Experiment(name=${made.name}) already exists.`, 'name');
  const problem = creationProblem(made);
  return problem ? { ok: false, refusal: problem } : accept({ type: 'ExperimentCreated', data: made });
}

export const experimentDecider: Decider<Experiment, ExperimentCommand, ExperimentEvent> = {
  initial: noExperiment,
  evolve,
  decide,
};
