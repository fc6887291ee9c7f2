import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CustodyError, Micros, Role, UserId } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { ChangeRoles, CreateUser, DisableUser, ResetPassword } from '../index.js';
import { GrantRole } from '../commands/role-grants/role-grants.commands.js';
import { IdentityLab } from '../testing/identity-lab.js';
import { userDecider, userStream } from '../user/decide.js';
import { isAdministrator } from '../user/events.js';
import { newUserId, Registration } from '../user/registration.js';
import { ADMINISTRATORS, administratorsDecider } from './decide.js';

describe('administrators', () => {
  let lab: IdentityLab;
  beforeEach(async () => {
    lab = await IdentityLab.start();
  });
  afterEach(() => lab.stop());

  /** No password is needed here: hashing one would take most of the time. */
  const make = async (login: string, roles: readonly Role[] = ['admin'], identityVerified: string | null = 'seen') =>
    (
      await lab.commands.execute(
        new CreateUser(lab.system(), {
          login,
          kind: 'person',
          roles,
          ...(identityVerified === null ? {} : { identityVerified }),
        }),
      )
    ).userId;
  const disable = (by: UserId, userId: UserId) =>
    lab.commands.execute(new DisableUser(lab.as(by, ['admin']), { userId }));
  const demote = (by: UserId, userId: UserId) =>
    lab.commands.execute(new ChangeRoles(lab.as(by, ['admin']), { userId, roles: ['viewer'] }));
  const left = async (ids: readonly UserId[]) => {
    const decisions = lab.app.get(DecisionMaker);
    const loaded = await Promise.all(ids.map((id) => decisions.load(userDecider, userStream(id))));
    return loaded.filter(({ state }) => isAdministrator(state)).length;
  };
  const last = { kind: 'denied', code: 'last-administrator' };

  it('may remove one another while one stays', async () => {
    const [ada, bob, cyd] = [await make('ada'), await make('bob'), await make('cyd')];
    await disable(ada, bob);
    await demote(ada, cyd);
    expect(await left([ada, bob, cyd])).toBe(1);
  });

  it('can’t remove the last one, by role or by disabling, and the try is in the trail', async () => {
    const [ada, bob] = [await make('ada'), await make('bob', ['viewer'])];
    await expect(disable(bob, ada)).rejects.toMatchObject(last);
    await expect(demote(bob, ada)).rejects.toMatchObject(last);
    await expect(lab.commands.execute(new DisableUser(lab.system(), { userId: ada }))).rejects.toMatchObject(last);
    expect((await lab.events('AccessDenied')).map(({ data }) => [data['code'], data['resource']])).toEqual(
      Array.from({ length: 3 }, () => ['last-administrator', { kind: 'user', id: ada }]),
    );
    expect(await left([ada])).toBe(1);
  });

  it('count only when they stay: not for a time, not before they were identified, no service', async () => {
    const ada = await make('ada');
    const bob = await make('bob', ['viewer']);
    const expiresAt = (lab.clock.now() + 1_000_000) as Micros;
    const grant = { userId: bob, role: 'admin' as const, scope: { kind: 'everything' as const }, expiresAt };
    await lab.commands.execute(new GrantRole(lab.system(), grant));
    await make('cyd', ['admin'], null);
    await lab.commands.execute(new CreateUser(lab.system(), { login: 'ci', kind: 'service', roles: ['admin'] }));
    await expect(disable(bob, ada)).rejects.toMatchObject(last);
  });

  it('count only when they can sign in: whom the directory made has no password', async () => {
    const root = await make('root');
    const registration = lab.app.get(Registration);
    const dora = (await registration.reserve('ReserveName', 'dora', 'person', newUserId(), lab.system()))!;
    const made = {
      userId: dora,
      kind: 'person',
      login: 'dora',
      identityVerified: 'seen',
      withoutPassword: true,
    } as const;
    await registration.create({ ...made, roles: ['admin'] }, lab.system());
    await expect(disable(dora, root)).rejects.toMatchObject(last);
    await expect(demote(dora, root)).rejects.toMatchObject(last);
    expect(await left([root])).toBe(1);
    await lab.commands.execute(new ResetPassword(lab.system(), { userId: dora }));
    await disable(dora, root);
    expect(await left([root, dora])).toBe(1);
  });

  it('who remove one another all at once leave one', async () => {
    const ids = await Promise.all(Array.from({ length: 6 }, (_, index) => make(`admin.${index}`)));
    const tries = ids.flatMap((by, index) => {
      const next = ids[(index + 1) % ids.length]!;
      return [disable(by, next), demote(by, ids[(index + 2) % ids.length]!)];
    });
    const results = await Promise.allSettled(tries);
    // Somebody who is disabled already loses no role any more.
    for (const result of results)
      if (result.status === 'rejected')
        expect(['last-administrator', 'user-disabled']).toContain((result.reason as CustodyError).code);
    expect(await left(ids)).toBe(1);
  }, 60_000);

  it('whose removal was cut off after the release do not count, until it is completed', async () => {
    const [ada, bob] = [await make('ada'), await make('bob')];
    const command = { type: 'Release' as const, userId: bob, tenure: 1, others: [{ userId: ada, tenure: 1 }] };
    await lab.app.get(DecisionMaker).decide(administratorsDecider, ADMINISTRATORS, command, lab.system());
    expect(await left([ada, bob])).toBe(2);
    await expect(disable(bob, ada)).rejects.toMatchObject(last);
    await disable(ada, bob);
    expect(await lab.events('AdministratorReleased')).toHaveLength(1);
    await expect(demote(bob, ada)).rejects.toMatchObject(last);
  });
});
