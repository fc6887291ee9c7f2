import { RawBuilder, sql, SqlBool } from 'kysely';
import { PreparedSearch } from './page-sql.js';
import { Clause } from './tree.js';

/** MLflow keeps prompts among the registered models, and tells them apart by this tag. */
export const PROMPT_TAG = 'mlflow.prompt.is_prompt';

const isAboutPrompts = ({ target }: Clause): boolean => target.kind === 'tag' && target.key === PROMPT_TAG;

/**
 * Prompts are found only by a search that asks for them, as the client does. Every other search is for what
 * is no prompt, and what it says of the tag counts no more: models don't have it at all.
 */
export function promptsApart(search: PreparedSearch, noPrompt: RawBuilder<SqlBool>): PreparedSearch {
  const { clauses, scope } = search;
  if (asksForPrompts(clauses)) return search;
  return {
    ...search,
    clauses: clauses.filter((clause) => !isAboutPrompts(clause)),
    scope: sql<SqlBool>`${scope} AND ${noPrompt}`,
  };
}

/** The first clause about the tag decides. */
function asksForPrompts(clauses: readonly Clause[]): boolean {
  const condition = clauses.find(isAboutPrompts)?.condition;
  if (condition?.kind !== 'compare') return false;
  return String(condition.value).toLowerCase() === (condition.comparator === '=' ? 'true' : 'false');
}
