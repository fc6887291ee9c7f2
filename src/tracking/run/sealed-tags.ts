import { CommandContext, PersonalData } from '../../core/index.js';
import { DatasetInput, Param, RecordedInput, RunTag } from './events.js';

/** Tags of MLflow's clients whose value names a person, or a file that mostly lies in a person's home folder. */
const PERSONAL: ReadonlySet<string> = new Set(['mlflow.user', 'mlflow.source.name']);
/** Kinds of data set sources that hold the same: the tags of the code that made the data, a path on somebody's disk. */
const PERSONAL_SOURCES: ReadonlySet<string> = new Set(['code', 'local']);

/** Whom personal data in a command is about, as far as we know: the one who acts, or for whom it is done. */
export const subjectOf = ({ actor }: CommandContext): string => actor.onBehalfOf ?? actor.id;

export const sealTags = (tags: readonly Param[], context: CommandContext, personal: PersonalData): readonly RunTag[] =>
  tags.map(({ key, value }) => ({ key, value: PERSONAL.has(key) ? personal.seal(subjectOf(context), value) : value }));

export const sealInputs = (
  inputs: readonly DatasetInput[],
  context: CommandContext,
  personal: PersonalData,
): readonly RecordedInput[] =>
  inputs.map((input) =>
    PERSONAL_SOURCES.has(input.sourceType)
      ? { ...input, source: personal.seal(subjectOf(context), input.source) }
      : input,
  );
