import { accept, Decision, refuse } from '../../core/index.js';
import { isGoverned } from '../alias.js';
import { Base, DeleteAlias, noVersion, SetAlias } from './command.js';
import { PROMOTION_REQUIRED, sealing } from './decide-stage.js';
import { ModelEvent } from './events.js';
import { aliasesOf, Model } from './state.js';

export function setAlias(command: SetAlias, model: Model, base: Base): Decision<ModelEvent> {
  const { alias, version, mayPromote } = command;
  const found = model.versions.get(version);
  if (!found) return noVersion(command);
  const from = model.aliases.get(alias);
  if (from === version) return accept();
  if (isGoverned(alias) && !mayPromote) return promotionRequired(alias);
  const data = { ...base, alias, version, ...(from === undefined ? {} : { from }) };
  return accept(...sealing(command, found, base), { type: 'RegisteredModelAliasSet', data });
}

export function deleteAlias(command: DeleteAlias, model: Model, base: Base): Decision<ModelEvent> {
  const { alias, mayPromote } = command;
  const version = model.aliases.get(alias);
  if (version === undefined) return accept();
  if (isGoverned(alias) && !mayPromote) return promotionRequired(alias);
  return accept({ type: 'RegisteredModelAliasDeleted', data: { ...base, alias, version } });
}

const promotionRequired = (alias: string) =>
  refuse('denied', PROMOTION_REQUIRED, `moving the alias ${alias} needs the right to promote`, 'alias');

/** Says how a version is in production use, by stage or by alias; `undefined` when it is not. */
export function productionUse(model: Model, version: number): string | undefined {
  if (model.versions.get(version)?.stage === 'Production') return 'is in Production';
  const alias = aliasesOf(model, version).find(isGoverned);
  return alias === undefined ? undefined : `has the alias ${alias}`;
}

export const inProductionUse = (model: Model): boolean =>
  [...model.versions.keys()].some((version) => productionUse(model, version) !== undefined);
