import { Map, Set } from 'immutable';
import {
  DomainEvent,
  EventDefinition,
  JsonObject,
  Micros,
  never,
  Role,
  sameScope,
  Scope,
} from '../../../core/index.js';

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
/** What members of every group of this name may do there from now on; the name in lower case, without scope everywhere. */
export type GroupRolesSet = DomainEvent<
  'GroupRolesSet',
  { readonly group: string; readonly roles: readonly Role[]; readonly scope?: Scope }
>;
export type GroupEvent = GroupCreated | GroupChanged | GroupMembersChanged | GroupDeleted | GroupRolesSet;

export interface Group {
  readonly displayName: string;
  readonly externalId?: string;
  readonly members: Set<string>;
  readonly createdAt: Micros;
  readonly changedAt: Micros;
}
/** Roles that members of a group have, and where they hold. */
export interface GroupMapping {
  readonly scope: Scope;
  readonly roles: readonly Role[];
}
export interface Groups {
  readonly groups: Map<string, Group>;
  /** By the name of the group in lower case; each scope at most once, none without roles. */
  readonly roles: Map<string, readonly GroupMapping[]>;
}

const EVERYWHERE: Scope = { kind: 'everything' };
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
    case 'GroupRolesSet': {
      const { group, roles, scope = EVERYWHERE } = event.data;
      return { ...state, roles: state.roles.update(group, [], (known) => mapped(known, { scope, roles })) };
    }
    default:
      return never(event);
  }
}

function mapped(known: readonly GroupMapping[], mapping: GroupMapping): readonly GroupMapping[] {
  const others = known.filter(({ scope }) => !sameScope(scope, mapping.scope));
  return mapping.roles.length === 0 ? others : [...others, mapping];
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
    summary: 'An administrator said which roles the members of groups of a name have, everywhere or for some names.',
    stream: GROUP_DIRECTORY,
    resource: (data) => ({ kind: 'group', id: data['group'] as string }),
    samples: [
      { group: 'data science', roles: ['analyst'] },
      { group: 'data science', roles: ['analyst'], scope: { kind: 'experiments', pattern: 'LIMS*' } },
    ],
    // Without a scope they hold everywhere, as all of them did.
    upcasts: [(data) => data],
  },
];
