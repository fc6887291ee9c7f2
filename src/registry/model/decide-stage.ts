import { accept, Decision, refuse } from '../../core/index.js';
import { isGoverned } from '../alias.js';
import { Tags } from '../rules.js';
import { locationOf } from '../source.js';
import { ACTIVE_STAGES } from '../stage.js';
import { Base, GrantedApproval, noVersion, SetAlias, Transition } from './command.js';
import { ModelEvent } from './events.js';
import { inStage, Model, Version } from './state.js';

export const PROMOTION_REQUIRED = 'promotion-required';

export function transition(command: Transition, model: Model, base: Base): Decision<ModelEvent> {
  const { version, stage: to, archiveExisting, mayPromote, approval } = command;
  if (wasDone(model, approval)) return accept();
  const found = model.versions.get(version);
  if (!found) return noVersion(command);
  if (archiveExisting && !ACTIVE_STAGES.includes(to)) {
    const message = `existing versions can be archived only when a version moves to ${ACTIVE_STAGES.join(' or ')}, not to ${to}`;
    return refuse('invalid', 'archive-needs-active-stage', message, 'archive_existing_versions');
  }
  const archived = archiveExisting ? inStage(model, to).filter((other) => other !== version) : [];
  const { stage: from, runId } = found;
  if (from === to && archived.length === 0) return accept();
  if (!mayPromote && (from === 'Production' || to === 'Production')) {
    return refuse(
      'denied',
      PROMOTION_REQUIRED,
      'moving a version into or out of Production needs the right to promote',
      'stage',
    );
  }
  const by = byApproval(approval);
  const data = { ...base, version, ...(runId === undefined ? {} : { runId }), from, to, archived, ...by };
  return accept(
    ...sealing(command, found, base),
    { type: 'ModelVersionStageChanged', data },
    ...tagging(found, approval?.tags ?? [], base),
  );
}

/** The same approval again, after a crash or by two at once, changes nothing more. */
export const wasDone = ({ approvals }: Model, approval: GrantedApproval | undefined): boolean =>
  approval !== undefined && approvals.has(approval.approvalId);

export const byApproval = (approval: GrantedApproval | undefined) =>
  approval === undefined ? {} : { approvalId: approval.approvalId };

/** Of the version's tags those that are not so already. */
export const tagging = ({ version, tags: now }: Version, tags: Tags, base: Base): readonly ModelEvent[] =>
  tags
    .filter(([key, value]) => now.get(key) !== value)
    .map(([key, value]) => ({ type: 'ModelVersionTagSet', data: { ...base, version, key, value } }));

/** From then on it can't be anything else than what was promoted. */
export function sealing(
  { storage }: Pick<Transition, 'storage'> | Pick<SetAlias, 'storage'>,
  found: Version,
  base: Base,
): readonly ModelEvent[] {
  if (storage === undefined || locationOf(found).kind === 'sealed') return [];
  return [{ type: 'ModelVersionSealed', data: { ...base, version: found.version, storage } }];
}

/** Who loads by alias must not be left with the version that was taken out. Other aliases mean something else. */
function following(model: Model, { version }: Version, left: readonly number[], base: Base): readonly ModelEvent[] {
  const held = [...model.aliases].filter(([alias, from]) => isGoverned(alias) && left.includes(from));
  return held
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([alias, from]) => ({ type: 'RegisteredModelAliasSet', data: { ...base, alias, version, from } }));
}

export function rollBack(
  { rollbackId }: { readonly rollbackId?: string },
  model: Model,
  base: Base,
): Decision<ModelEvent> {
  const present = inStage(model, 'Production');
  if (present.length === 0) {
    const message = `no version of ${base.name} is in Production; move one there instead of rolling back`;
    return refuse('state', 'no-production-version', message, 'name');
  }
  const version = model.production.findLast((candidate) => !present.includes(candidate));
  const found = version === undefined ? undefined : model.versions.get(version);
  if (!found) {
    const message = `no other version of ${base.name} was in Production before version ${present.join(', ')}`;
    return refuse('state', 'no-previous-production-version', message, 'name');
  }
  const { runId, stage: from } = found;
  const owed = rollbackId === undefined ? {} : { rollbackId };
  const data = { ...base, version: found.version, ...(runId === undefined ? {} : { runId }), from, archived: present };
  return accept(
    { type: 'ModelVersionRolledBack', data: { ...data, ...owed } },
    ...following(model, found, present, base),
  );
}
