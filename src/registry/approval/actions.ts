import { errors, JsonObject, ModelId, never } from '../../core/index.js';
import { aliasName, newAlias } from '../alias.js';
import { namedModel } from '../rules.js';
import { Stage, stageOf } from '../stage.js';
import { Promotion } from './promotion-rules.js';

export const MODEL_VERSION = 'model-version';

interface OfVersion {
  /** Whatever the model is called by now. */
  readonly modelId: ModelId;
  readonly name: string;
  readonly version: number;
}

/** What is asked for, and done once it is approved. */
export type PromotionAction =
  | (OfVersion & { readonly type: 'stage'; readonly stage: Stage; readonly archiveExisting: boolean })
  | (OfVersion & { readonly type: 'alias' | 'delete-alias'; readonly alias: string });

/** An action as somebody sends it: whose name it is, is found out. */
export type SentAction = Omit<Extract<PromotionAction, { type: 'stage' }>, 'modelId'> | SentAlias;
interface SentAlias {
  readonly type: 'alias' | 'delete-alias';
  readonly name: string;
  /** Of an alias that is taken away: the one that has it. */
  readonly version?: number;
  readonly alias: string;
}

export function actionJson(action: PromotionAction): JsonObject {
  const { type, modelId, name, version } = action;
  const base = { type, model_id: modelId, name, version };
  switch (action.type) {
    case 'stage':
      return { ...base, stage: action.stage, archive_existing_versions: action.archiveExisting };
    case 'alias':
    case 'delete-alias':
      return { ...base, alias: action.alias };
    default:
      return never(action);
  }
}

/** Of what was recorded. */
export function recordedAction(json: JsonObject): PromotionAction {
  const { model_id: modelId, version } = json;
  return { ...sentAction(json), modelId: modelId as ModelId, version: version as number };
}

/** @throws CustodyError naming the field */
export function sentAction(json: JsonObject): SentAction {
  const { type, name, version, stage, alias, archive_existing_versions: archive = false } = json;
  const named = { name: namedModel(text(name, 'name')) };
  switch (type) {
    case 'stage': {
      if (typeof archive !== 'boolean') throw wrong('archive_existing_versions', 'must be true or false');
      const to = stageOf(text(stage, 'stage'), 'action.stage');
      return { type, ...named, version: whole(version), stage: to, archiveExisting: archive };
    }
    case 'alias':
      return { type, ...named, version: whole(version), alias: newAlias(text(alias, 'alias'), 'action.alias') };
    case 'delete-alias':
      return { type, ...named, alias: aliasName(text(alias, 'alias'), 'action.alias') };
    default:
      throw wrong('type', 'is one of stage, alias, delete-alias');
  }
}

const wrong = (field: string, why: string) =>
  errors.invalid('invalid-parameter', `Invalid value for parameter 'action.${field}': it ${why}`, `action.${field}`);

function text(value: unknown, field: string): string {
  if (typeof value === 'string') return value;
  throw wrong(field, 'must be a string');
}

/** MLflow's clients send versions as text. */
function whole(value: unknown): number {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  if (Number.isSafeInteger(number) && (number as number) > 0) return number as number;
  throw wrong('version', 'must be a positive integer');
}

export function promotionOf(action: PromotionAction): Promotion {
  const { type, modelId, name, version } = action;
  return { type, modelId, name, version, to: action.type === 'stage' ? action.stage : action.alias };
}

/** For people. */
export function titleOf(action: PromotionAction): string {
  const { name, version } = action;
  switch (action.type) {
    case 'stage':
      return `${name} version ${version} to ${action.stage}`;
    case 'alias':
      return `alias ${action.alias} of ${name} to version ${version}`;
    case 'delete-alias':
      return `alias ${action.alias} of ${name} taken away from version ${version}`;
    default:
      return never(action);
  }
}
