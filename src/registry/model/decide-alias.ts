import { accept, Decision, refuse } from '../../core/index.js';
import { isGoverned } from '../alias.js';
import { Base, DeleteAlias, noVersion, SetAlias } from './command.js';
import { byApproval, PROMOTION_REQUIRED, sealing, tagging, wasDone } from './decide-stage.js';
import { ModelEvent } from './events.js';
import { aliasesOf, Model } from './state.js';

export function setAlias(command: SetAlias, model: Model, base: Base): Decision<ModelEvent> {
  const { alias, version, mayPromote, approval } = command;
  if (wasDone(model, approval)) return accept();
  const found = model.versions.get(version);
  if (!found) return noVersion(command);
  const from = model.aliases.get(alias);
  if (from === version) return accept();
  if (isGoverned(alias) && !mayPromote) return promotionRequired(alias);
  const data = { ...base, alias, version, ...(from === undefined ? {} : { from }), ...byApproval(approval) };
  return accept(
    ...sealing(command, found, base),
    { type: 'RegisteredModelAliasSet', data },
    ...tagging(found, approval?.tags ?? [], base),
  );
}

export function deleteAlias(command: DeleteAlias, model: Model, base: Base): Decision<ModelEvent> {
  const { alias, mayPromote, approval } = command;
  if (wasDone(model, approval)) return accept();
  const version = model.aliases.get(alias);
  if (version === undefined) return accept();
  if (isGoverned(alias) && !mayPromote) return promotionRequired(alias);
  return accept({ type: 'RegisteredModelAliasDeleted', data: { ...base, alias, version, ...byApproval(approval) } });
}

const promotionRequired = (alias: string) =>
  refuse('denied', PROMOTION_REQUIRED, `moving the alias ${alias} needs the right to promote`, 'alias');

/** Says how a version is in production use, by stage or by alias, and how that ends; `undefined` when it is not. */
export function productionUse(model: Model, version: number): string | undefined {
  if (model.versions.get(version)?.stage === 'Production') return 'is in Production: move it to another stage';
  const alias = aliasesOf(model, version).find(isGoverned);
  return alias === undefined ? undefined : `has the alias ${alias}: take the alias from it`;
}

export const IN_PRODUCTION = 'version-in-production';

/** The refusal to delete what deployments load, whatever one's rights; `undefined` when nothing is in the way. */
export function inTheWay(model: Model, name: string, version: number): Decision<ModelEvent> | undefined {
  const use = productionUse(model, version);
  if (use === undefined) return undefined;
  return refuse('state', IN_PRODUCTION, `version ${version} of ${name} ${use} before it is deleted`, 'name');
}

export const inProductionUse = (model: Model): boolean =>
  [...model.versions.keys()].some((version) => productionUse(model, version) !== undefined);
