import { Tags } from './rules.js';

/** MLflow keeps prompts among the registered models; this tag, on both model and version, tells them apart. */
export const PROMPT_TAG = 'mlflow.prompt.is_prompt';

/** What clients give for the source of a prompt's version, which has no files. */
const PLACEHOLDERS: ReadonlySet<string> = new Set(['dummy-source', 'prompt-template']);

export const isPromptSource = (source: string): boolean => PLACEHOLDERS.has(source);

export const isPrompt = (tags: Tags | Iterable<readonly [string, string]>): boolean =>
  [...tags].some(([key, value]) => key === PROMPT_TAG && value.toLowerCase() === 'true');
