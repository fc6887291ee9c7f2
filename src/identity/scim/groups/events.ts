import { Map, Set } from 'immutable';
import { DomainEvent, EventDefinition, JsonObject, Micros, never, Role } from '../../../core/index.js';

/** All groups in one stream: which roles somebody has by their groups is decided over all of them. */
export const GROUP_DIRECTORY = 'directory-groups';

interface Named {
  readonly groupId: string;
  readonly displayName: string;
  readonly externalId?: string;
  readonly at: Micros;
}
export type GroupCreated = DomainEvent<'GroupCreated', Named>;
export type GroupChanged = DomainEvent<'GroupChanged', Named>;
export type GroupMembersChanged = DomainEvent<
  'GroupMembersChanged',
  {
    readonly groupId: string;
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly at: Micros;
  }
>;
export type GroupDeleted = DomainEvent<'GroupDeleted', { readonly groupId: string }>;
/** What members of every group of this name may do from now on; the name in lower case. */
export type GroupRolesSet = DomainEvent<'GroupRolesSet', { readonly group: string; readonly roles: readonly Role[] }>;
export type GroupEvent = GroupCreated | GroupChanged | GroupMembersChanged | GroupDeleted | GroupRolesSet;

export interface Group {
  readonly displayName: string;
  readonly externalId?: string;
  readonly members: Set<string>;
  readonly createdAt: Micros;
  readonly changedAt: Micros;
}
export interface Groups {
  readonly groups: Map<string, Group>;
  /** By the name of the group in lower case. */
  readonly roles: Map<string, readonly Role[]>;
}

export const noGroups: Groups = { groups: Map(), roles: Map() };
export const groupKey = (displayName: string): string => displayName.normalize('NFKC').toLowerCase();

export function evolve(state: Groups, event: GroupEvent): Groups {
  const { groups } = state;
  switch (event.type) {
    case 'GroupCreated': {
      const { groupId, at, ...named } = event.data;
      return { ...state, groups: groups.set(groupId, { ...named, members: Set(), createdAt: at, changedAt: at }) };
    }
    case 'GroupChanged': {
      const { groupId, at, displayName, externalId } = event.data;
      const { members, createdAt } = groups.get(groupId)!;
      const named = externalId === undefined ? { displayName } : { displayName, externalId };
      return { ...state, groups: groups.set(groupId, { ...named, members, createdAt, changedAt: at }) };
    }
    case 'GroupMembersChanged': {
      const { groupId, added, removed, at } = event.data;
      const group = groups.get(groupId)!;
      const members = group.members.subtract(removed).union(added);
      return { ...state, groups: groups.set(groupId, { ...group, members, changedAt: at }) };
    }
    case 'GroupDeleted':
      return { ...state, groups: groups.remove(event.data.groupId) };
    case 'GroupRolesSet':
      return { ...state, roles: state.roles.set(event.data.group, event.data.roles) };
    default:
      return never(event);
  }
}

const groupId = 'grp-01890a5d-ac96-774b-bcce-b302099a8063';
const at = 1767603600000000;
const group = (data: JsonObject) => ({ kind: 'group', id: data['groupId'] as string });

export const groupEvents: readonly EventDefinition[] = [
  {
    type: 'GroupCreated',
    summary: 'The lab’s directory created a group.',
    stream: GROUP_DIRECTORY,
    resource: group,
    samples: [{ groupId, displayName: 'Data Science', externalId: 'ou-17', at }],
  },
  {
    type: 'GroupChanged',
    summary: 'The lab’s directory changed the name of a group, or its own id of it.',
    stream: GROUP_DIRECTORY,
    resource: group,
    samples: [{ groupId, displayName: 'Data Science EU', externalId: 'ou-17', at }],
  },
  {
    type: 'GroupMembersChanged',
    summary: 'The lab’s directory changed who belongs to a group.',
    stream: GROUP_DIRECTORY,
    resource: group,
    samples: [{ groupId, added: ['u-01890a5d-ac96-774b-bcce-b302099a8057'], removed: [], at }],
  },
  {
    type: 'GroupDeleted',
    summary: 'The lab’s directory deleted a group.',
    stream: GROUP_DIRECTORY,
    resource: group,
    samples: [{ groupId }],
  },
  {
    type: 'GroupRolesSet',
    summary: 'An administrator said which roles the members of groups of a name have.',
    stream: GROUP_DIRECTORY,
    resource: (data) => ({ kind: 'group', id: data['group'] as string }),
    samples: [{ group: 'data science', roles: ['analyst'] }],
  },
];
