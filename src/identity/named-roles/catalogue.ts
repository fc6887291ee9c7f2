import { EventDefinition, JsonObject } from '../../core/index.js';
import { NAMED_ROLES } from './events.js';

const idOf = ({ roleId }: JsonObject): string => (typeof roleId === 'number' ? roleId.toFixed() : '');
const role = (data: JsonObject) => ({
  kind: 'named-role',
  id: idOf(data),
  ...(typeof data['name'] === 'string' ? { name: data['name'] } : {}),
});
/** Found by the account as well, whose rights it changes. */
const assignment = (data: JsonObject) => ({
  kind: 'user',
  id: data['userId'] as string,
  parents: [{ kind: 'named-role', id: idOf(data) }],
});
const userId = 'u-01890a5d-ac96-774b-bcce-b302099a8057';
const scope = { kind: 'experiment', id: '7' };
const stream = NAMED_ROLES;

/** Frozen samples: the shape of what is in people's logs. A change needs a new schema version and an upcast. */
export const namedRoleEvents: readonly EventDefinition[] = [
  {
    type: 'NamedRoleCreated',
    summary: 'A role of the laboratory’s own was made: a name for permissions that several accounts can be given.',
    stream,
    resource: role,
    samples: [{ roleId: 3, name: 'water-team', description: 'works on drinking water' }],
  },
  {
    type: 'NamedRoleChanged',
    summary: 'A named role was given another name or description.',
    stream,
    resource: role,
    samples: [{ roleId: 3, name: 'drinking-water', description: 'works on drinking water' }],
  },
  {
    type: 'NamedRoleDeleted',
    summary: 'A named role was deleted; whoever had permissions through it has them no more.',
    stream,
    resource: role,
    samples: [{ roleId: 3, name: 'drinking-water' }],
  },
  {
    type: 'NamedRolePermissionAdded',
    summary: 'A named role was given a permission; everyone who has the role has it at once.',
    stream,
    resource: role,
    samples: [{ roleId: 3, permissionId: 5, scope, level: 'EDIT' }],
  },
  {
    type: 'NamedRolePermissionChanged',
    summary: 'A permission of a named role was raised or lowered.',
    stream,
    resource: role,
    samples: [{ roleId: 3, permissionId: 5, from: 'EDIT', to: 'READ' }],
  },
  {
    type: 'NamedRolePermissionRemoved',
    summary: 'A permission was taken from a named role.',
    stream,
    resource: role,
    samples: [{ roleId: 3, permissionId: 5, scope, level: 'READ' }],
  },
  {
    type: 'NamedRoleAssigned',
    summary: 'An account was given a named role.',
    stream,
    resource: assignment,
    samples: [{ roleId: 3, assignmentId: 9, userId }],
  },
  {
    type: 'NamedRoleUnassigned',
    summary: 'A named role was taken from an account.',
    stream,
    resource: assignment,
    samples: [{ roleId: 3, assignmentId: 9, userId }],
  },
];
