import { describe, expect, it } from '@jest/globals';
import { NamePattern, UserId } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { namedRolesDecider } from './decide.js';
import { NamedRoleEvent } from './events.js';
import { scopedThrough } from './levels.js';

const { given } = specFor(namedRolesDecider);
const [ana, bob, by] = ['u-ana' as UserId, 'u-bob' as UserId, 'u-root' as UserId];
const scope = { kind: 'experiment', id: '7' } as const;
const created = (roleId = 1, name = 'water'): NamedRoleEvent => ({ type: 'NamedRoleCreated', data: { roleId, name } });
const added = (permissionId = 1, roleId = 1): NamedRoleEvent => ({
  type: 'NamedRolePermissionAdded',
  data: { roleId, permissionId, scope, level: 'EDIT' },
});
const assigned = (userId = ana, assignmentId = 1): NamedRoleEvent => ({
  type: 'NamedRoleAssigned',
  data: { roleId: 1, assignmentId, userId },
});
const deleted: NamedRoleEvent = { type: 'NamedRoleDeleted', data: { roleId: 1, name: 'water' } };
const rightsOf = (userId: UserId, ...events: readonly NamedRoleEvent[]) =>
  scopedThrough(events.reduce(namedRolesDecider.evolve, namedRolesDecider.initial), userId);

describe('a named role', () => {
  it('has a number that was never another one’s, not of a deleted one either', () => {
    given(created(), deleted).when({ by, type: 'CreateRole', name: 'water' }).then(created(2));
  });
  it('has a name of its own', () => {
    given(created()).when({ by, type: 'CreateRole', name: 'water' }).thenRefused({ code: 'role-exists' });
    given(created(), created(2, 'soil'))
      .when({ by, type: 'ChangeRole', roleId: 2, name: 'water' })
      .thenRefused({ kind: 'already-exists', code: 'role-exists' });
    given(created()).when({ by, type: 'ChangeRole', roleId: 1, name: 'water' }).thenNothing();
  });
  it('can’t be called what MLflow calls a person’s own permissions', () => {
    given().when({ by, type: 'CreateRole', name: '__user_1__' }).thenRefused({ code: 'reserved-role-name' });
    given(created())
      .when({ by, type: 'ChangeRole', roleId: 1, name: '__user_x' })
      .thenRefused({ code: 'reserved-role-name' });
  });
  it('has one permission for a thing', () => {
    given(created()).when({ by, type: 'AddPermission', roleId: 1, scope, level: 'EDIT' }).then(added());
    given(created(), added())
      .when({ by, type: 'AddPermission', roleId: 1, scope: { ...scope }, level: 'READ' })
      .thenRefused({ code: 'role-permission-exists' });
  });
  it('is given to an account once', () => {
    given(created()).when({ by, type: 'AssignRole', roleId: 1, userId: ana }).then(assigned());
    given(created(), assigned())
      .when({ by, type: 'AssignRole', roleId: 1, userId: ana })
      .thenRefused({ code: 'assignment-exists' });
    given(created(), assigned())
      .when({ by, type: 'UnassignRole', roleId: 1, userId: bob })
      .thenRefused({ kind: 'not-found', code: 'assignment-not-found' });
  });
  it('is neither given to oneself nor filled by whoever has it', () => {
    const own = { kind: 'denied', code: 'own-rights' } as const;
    given(created()).when({ by: ana, type: 'AssignRole', roleId: 1, userId: ana }).thenRefused(own);
    given(created(), assigned()).when({ by: ana, type: 'UnassignRole', roleId: 1, userId: ana }).thenRefused(own);
    given(created(), assigned())
      .when({ by: ana, type: 'AddPermission', roleId: 1, scope, level: 'EDIT' })
      .thenRefused(own);
    const filled = given(created(), added(), assigned());
    filled.when({ by: ana, type: 'ChangePermission', permissionId: 1, level: 'READ' }).thenRefused(own);
    filled.when({ by: ana, type: 'RemovePermission', permissionId: 1 }).thenRefused(own);
    filled.when({ by: ana, type: 'DeleteRole', roleId: 1 }).thenRefused(own);
  });
  it('is not there before it was made', () => {
    const no = { kind: 'not-found', code: 'role-not-found', field: 'role_id' } as const;
    given().when({ by, type: 'ChangeRole', roleId: 1, name: 'x' }).thenRefused(no);
    given().when({ by, type: 'DeleteRole', roleId: 1 }).thenRefused(no);
    given().when({ by, type: 'AddPermission', roleId: 1, scope, level: 'READ' }).thenRefused(no);
    given().when({ by, type: 'AssignRole', roleId: 1, userId: ana }).thenRefused(no);
    given().when({ by, type: 'RemovePermission', permissionId: 1 }).thenRefused({ code: 'role-permission-not-found' });
  });
});

describe('what somebody may through named roles', () => {
  it('is what the roles hold that they have, as long as they have them', () => {
    const all = [created(), added(), assigned()];
    expect(rightsOf(ana, ...all)).toEqual([{ role: 'analyst', scope }]);
    expect(rightsOf(bob, ...all)).toEqual([]);
    const unassigned: NamedRoleEvent = {
      type: 'NamedRoleUnassigned',
      data: { roleId: 1, assignmentId: 1, userId: ana },
    };
    expect(rightsOf(ana, ...all, unassigned)).toEqual([]);
    expect(rightsOf(ana, ...all, deleted)).toEqual([]);
  });
  it('is never more than an analyst may, whatever the level', () => {
    const everything = { kind: 'models', pattern: '*' as NamePattern } as const;
    const levels = ['READ', 'USE', 'EDIT', 'MANAGE'] as const;
    const roles = levels.map((level) => {
      const manage: NamedRoleEvent = {
        type: 'NamedRolePermissionAdded',
        data: { roleId: 1, permissionId: 1, scope: everything, level },
      };
      return rightsOf(ana, created(), manage, assigned())[0]?.role;
    });
    expect(roles).toEqual(['viewer', 'viewer', 'analyst', 'analyst']);
  });
  it('changes with the permission', () => {
    const lowered: NamedRoleEvent = {
      type: 'NamedRolePermissionChanged',
      data: { roleId: 1, permissionId: 1, from: 'EDIT', to: 'READ' },
    };
    expect(rightsOf(ana, created(), added(), assigned(), lowered)).toEqual([{ role: 'viewer', scope }]);
    given(created(), added()).when({ by, type: 'ChangePermission', permissionId: 1, level: 'READ' }).then(lowered);
  });
});
