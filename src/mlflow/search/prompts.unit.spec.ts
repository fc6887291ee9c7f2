import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { promptsApart, PROMPT_TAG } from './prompts.js';
import { prepareSearch } from './search.js';
import { REGISTERED_MODELS } from './vocabularies/registry.js';

const NO_PROMPT = sql<boolean>`no_prompt`;
const apart = (filter: string) => {
  const within = { scope: sql<boolean>`TRUE`, about: undefined };
  const search = prepareSearch({ filter, limit: 10 }, REGISTERED_MODELS, within);
  const { clauses, scope } = promptsApart(search, NO_PROMPT);
  return { clauses: clauses.length, left: scope === search.scope };
};

describe('prompts', () => {
  it.each(["= 'true'", "= 'TRUE'", "!= 'false'"])('are found when the tag is asked for by %s', (asked) =>
    expect(apart(`tags.\`${PROMPT_TAG}\` ${asked} AND tags.k = 'v'`)).toEqual({ clauses: 2, left: true }),
  );
  it.each(["= 'false'", "!= 'true'", "LIKE 'true'", "= ''"])('are left out when it is asked for by %s', (asked) =>
    expect(apart(`tags.\`${PROMPT_TAG}\` ${asked} AND tags.k = 'v'`)).toEqual({ clauses: 1, left: false }),
  );
  it('are left out of every other search', () => expect(apart('')).toEqual({ clauses: 0, left: false }));
});
