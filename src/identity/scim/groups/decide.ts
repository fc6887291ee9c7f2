import { createHash } from 'node:crypto';
import {
  accept,
  Decider,
  Decision,
  Micros,
  never,
  Refusal,
  refuse,
  Role,
  ROLES,
  sameScope,
  Scope,
  unscopable,
  UserId,
} from '../../../core/index.js';
import { areApart, heldAlone } from '../../user/apart.js';
import { evolve, Group, GroupEvent, groupKey, Groups, noGroups } from './events.js';

/** What a directory says that a group is. */
export interface GroupContent {
  readonly displayName: string;
  readonly externalId?: string;
  readonly members: readonly string[];
}
interface GroupAsSent extends GroupContent {
  readonly groupId: string;
  readonly now: Micros;
}
/** Pure: what operations make of a group as it is, or why they can't. */
export type ChangeOfGroup = (group: Group) => GroupContent | { readonly refusal: Refusal };
export type GroupCommand =
  | ({ readonly type: 'CreateGroup' | 'ReplaceGroup' } & GroupAsSent)
  /** Part by part: applied to the group as it is when this is decided, so that no other change is undone by it. */
  | { readonly type: 'ChangeGroup'; readonly groupId: string; readonly change: ChangeOfGroup; readonly now: Micros }
  | { readonly type: 'DeleteGroup'; readonly groupId: string }
  /** Out of every group that has it. */
  | { readonly type: 'RemoveMember'; readonly member: string; readonly now: Micros }
  | {
      readonly type: 'SetGroupRoles';
      readonly group: string;
      readonly roles: readonly Role[];
      readonly scope: Scope;
    };

const MAX_GROUPS = 5000;
const MAX_MAPPINGS = 100;
/** An event stays far below what the log takes. */
const MEMBERS_OF_AN_EVENT = 4000;

export const groupsDecider: Decider<Groups, GroupCommand, GroupEvent> = { initial: noGroups, evolve, decide };

function decide(command: GroupCommand, state: Groups): Decision<GroupEvent> {
  const { groups } = state;
  switch (command.type) {
    case 'CreateGroup': {
      const { groupId, displayName, externalId, now } = command;
      if (groups.has(groupId)) return accept();
      if (groups.size >= MAX_GROUPS)
        return refuse('state', 'too-many-groups', `there are ${MAX_GROUPS} groups already: delete some first`);
      return accept(
        { type: 'GroupCreated', data: { groupId, ...nameOf(displayName, externalId), at: now } },
        ...membersChanged(command, []),
      );
    }
    case 'ReplaceGroup':
    case 'ChangeGroup': {
      const { groupId, now } = command;
      const group = groups.get(groupId);
      if (!group) return noSuchGroup();
      const content = command.type === 'ChangeGroup' ? command.change(group) : command;
      if ('refusal' in content) return { ok: false, refusal: content.refusal };
      return accept(...replaced(group, { ...content, groupId, now }));
    }
    case 'DeleteGroup':
      return groups.has(command.groupId)
        ? accept({ type: 'GroupDeleted', data: { groupId: command.groupId } })
        : noSuchGroup();
    case 'RemoveMember':
      return accept(
        ...[...groups]
          .filter(([, { members }]) => members.has(command.member))
          .map(([groupId]): GroupEvent => {
            const data = { groupId, added: [], removed: [command.member], at: command.now };
            return { type: 'GroupMembersChanged', data };
          }),
      );
    case 'SetGroupRoles':
      return setRoles(command, state);
    default:
      return never(command);
  }
}

function setRoles(
  { group: name, roles: given, scope }: Extract<GroupCommand, { type: 'SetGroupRoles' }>,
  { roles: mappings }: Groups,
): Decision<GroupEvent> {
  for (const role of given) {
    const unscoped = unscopable(role, scope);
    if (unscoped !== undefined) return refuse('invalid', 'role-not-scoped', unscoped, 'roles');
  }
  if (areApart(given)) return heldAlone();
  const group = groupKey(name);
  const roles = ROLES.filter((role) => given.includes(role));
  const all = mappings.get(group) ?? [];
  const known = all.find((mapping) => sameScope(mapping.scope, scope));
  if ((known?.roles ?? []).join() === roles.join()) return accept();
  if (!known && all.length >= MAX_MAPPINGS)
    return refuse('state', 'too-many-mappings', `a group has roles for at most ${MAX_MAPPINGS} patterns`);
  const where = scope.kind === 'everything' ? {} : { scope };
  return accept({ type: 'GroupRolesSet', data: { group, roles, ...where } });
}

function replaced(group: Group, sent: GroupAsSent): readonly GroupEvent[] {
  const { groupId, displayName, externalId, now } = sent;
  const renamed: readonly GroupEvent[] =
    group.displayName === displayName && group.externalId === externalId
      ? []
      : [{ type: 'GroupChanged', data: { groupId, ...nameOf(displayName, externalId), at: now } }];
  return [...renamed, ...membersChanged(sent, [...group.members])];
}

export const noSuchGroup = () => refuse('not-found', 'group-not-found', 'there is no such group');

const nameOf = (displayName: string, externalId: string | undefined) =>
  externalId === undefined ? { displayName } : { displayName, externalId };

function membersChanged({ groupId, members, now }: GroupAsSent, before: readonly string[]): readonly GroupEvent[] {
  const [wanted, had] = [new Set(members), new Set(before)];
  const added = [...wanted].filter((member) => !had.has(member));
  const removed = before.filter((member) => !wanted.has(member));
  const events: GroupEvent[] = [];
  for (let from = 0; from < Math.max(added.length, removed.length); from += MEMBERS_OF_AN_EVENT) {
    const part = (all: readonly string[]) => all.slice(from, from + MEMBERS_OF_AN_EVENT);
    events.push({
      type: 'GroupMembersChanged',
      data: { groupId, added: part(added), removed: part(removed), at: now },
    });
  }
  return events;
}

/** Each grant has an id of its own that says where it comes from. */
export interface ProvisionedGrant {
  readonly grantId: string;
  readonly role: Role;
  readonly scope: Scope;
}
export const isGroupGrant = (grantId: string): boolean => grantId.startsWith('grp-');

/** Every role that somebody has by their groups. */
export function grantsOf(userId: UserId, { groups, roles }: Groups): readonly ProvisionedGrant[] {
  return [...groups].flatMap(([groupId, { members, displayName }]) =>
    members.has(userId)
      ? (roles.get(groupKey(displayName)) ?? []).flatMap((mapping) =>
          mapping.roles.map((role) => provisionedGrant(groupId, role, mapping.scope)),
        )
      : [],
  );
}

/** The same source, role and scope is the same grant. A pattern may hold what no id can, so its digest stands for it. */
export function provisionedGrant(source: string, role: Role, scope: Scope): ProvisionedGrant {
  const { kind, ...names } = scope;
  const digest = () =>
    createHash('sha256')
      .update(JSON.stringify([kind, ...Object.values(names)]))
      .digest('hex')
      .slice(0, 16);
  return { grantId: `${source}-${role}${kind === 'everything' ? '' : `-${digest()}`}`, role, scope };
}
