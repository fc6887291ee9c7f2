import { CommandContext, PersonalData } from '../../core/index.js';
import { Param, RunTag } from './events.js';

/** Tags of MLflow's clients whose value names a person. */
const PERSONAL: ReadonlySet<string> = new Set(['mlflow.user']);

/** Whom personal data in a command is about, as far as we know: the one who acts, or for whom it is done. */
export const subjectOf = ({ actor }: CommandContext): string => actor.onBehalfOf ?? actor.id;

export const sealTags = (tags: readonly Param[], context: CommandContext, personal: PersonalData): readonly RunTag[] =>
  tags.map(({ key, value }) => ({ key, value: PERSONAL.has(key) ? personal.seal(subjectOf(context), value) : value }));
