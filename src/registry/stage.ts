import { errors } from '../core/index.js';

export const STAGES = ['None', 'Staging', 'Production', 'Archived'] as const;
export type Stage = (typeof STAGES)[number];

/** The stages in which a version is in use; only there can it take the place of others. */
export const ACTIVE_STAGES: readonly Stage[] = ['Staging', 'Production'];

/** Any case comes in, the canonical form goes out. */
export const findStage = (text: string): Stage | undefined =>
  STAGES.find((stage) => stage.toLowerCase() === text.toLowerCase());

export function stageOf(text: string, field = 'stage'): Stage {
  const stage = findStage(text);
  if (!stage) {
    const message = `Invalid Model Version stage: ${text.slice(0, 100)}. Value must be one of ${STAGES.join(', ')}.`;
    throw errors.invalid('stage-unknown', message, field);
  }
  return stage;
}
