import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Micros, Role } from '../../core/index.js';
import { GrantRole } from '../commands/role-grants/role-grants.commands.js';
import { ChangeRoles, CreateUser } from '../index.js';
import { IdentityLab } from '../testing/identity-lab.js';
import { NamedRoleChange } from './decide.js';
import { ChangeNamedRoles } from './named-roles.js';

describe('named roles', () => {
  let lab: IdentityLab;
  beforeEach(async () => {
    lab = await IdentityLab.start();
  });
  afterEach(() => lab.stop());
  const change = (asked: NamedRoleChange) => lab.commands.execute(new ChangeNamedRoles(lab.system(), asked));
  const service = async (login: string, roles: readonly Role[]) =>
    (await lab.commands.execute(new CreateUser(lab.system(), { login, kind: 'service', roles }))).userId;

  it('are not for whoever makes accounts, and whoever has one does not get to make accounts', async () => {
    const apart = { kind: 'invalid', code: 'provisioner-held-alone' };
    const [directory, robot] = [await service('directory', ['provisioner']), await service('robot', [])];
    await change({ type: 'CreateRole', name: 'water' });
    await expect(change({ type: 'AssignRole', roleId: 1, userId: directory })).rejects.toMatchObject(apart);
    await change({ type: 'AssignRole', roleId: 1, userId: robot });
    const roles = ['provisioner'] as const;
    await expect(lab.commands.execute(new ChangeRoles(lab.system(), { userId: robot, roles }))).rejects.toMatchObject(
      apart,
    );
    const expiresAt = (lab.clock.now() + 1_000_000) as Micros;
    const grant = { userId: robot, role: 'provisioner' as const, scope: { kind: 'everything' as const }, expiresAt };
    await expect(lab.commands.execute(new GrantRole(lab.system(), grant))).rejects.toMatchObject(apart);
    await change({ type: 'UnassignRole', roleId: 1, userId: robot });
    await lab.commands.execute(new ChangeRoles(lab.system(), { userId: robot, roles }));
  });
});
