import fc from 'fast-check';
import { KEYS, some } from '../../mlflow/search/testing/data.js';
import { Want } from '../../mlflow/search/testing/naive.js';
import { textual } from '../../mlflow/search/testing/wants.js';

export const IS_PROMPT = 'mlflow.prompt.is_prompt';

/** Some of what is registered is a prompt, and some only looks like one. */
export const tagsWithPrompts = (value: fc.Arbitrary<string>): fc.Arbitrary<Record<string, string>> =>
  fc.oneof(
    { weight: 4, arbitrary: some(value) },
    fc
      .tuple(some(value), fc.constantFrom('true', 'true', 'TRUE', 'false'))
      .map(([tags, prompt]) => ({ ...tags, [IS_PROMPT]: prompt })),
  );

export const promptTexts = textual('tags', IS_PROMPT, fc.constantFrom('true', 'false', 'TRUE', 't%', KEYS[0]));

export const aboutPrompts = ({ entity, key }: Want): boolean => entity === 'tags' && key === IS_PROMPT;

/** Said as the client's documentation says it: the first word about the tag decides. */
export function asksForPrompts(wants: readonly Want[]): boolean {
  const { comparator, value } = wants.find(aboutPrompts) ?? { comparator: '' };
  const said = typeof value === 'string' ? value.toLowerCase() : undefined;
  return (comparator === '=' && said === 'true') || (comparator === '!=' && said === 'false');
}
