import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UserId } from '../../core/index.js';
import { BootstrapAdministrator, CreateUser, DisableUser, EnsureWorkerAccount, WORKER_ID } from '../index.js';
import { IdentityLab } from '../testing/identity-lab.js';
import { Registration } from './registration.js';

describe('accounts', () => {
  let lab: IdentityLab;
  beforeEach(async () => {
    lab = await IdentityLab.start();
  });
  afterEach(() => lab.stop());

  const create = (login: string) =>
    lab.commands.execute(new CreateUser(lab.system(), { login, kind: 'person', roles: [] }));
  const bootstrap = () => lab.commands.execute(new BootstrapAdministrator(lab.system()));
  const reserveOnly = (type: 'ReserveName' | 'ReserveFirstName', login: string, id: string) =>
    lab.app.get(Registration).reserve(type, login, 'person', id as UserId, lab.system());

  it('have a login of their own, however it is spelt', async () => {
    await create('Ada');
    await expect(create('ada')).rejects.toMatchObject({ kind: 'already-exists', code: 'user-exists', field: 'login' });
  });

  it('keep their login and their id after they are disabled', async () => {
    const { userId } = await create('ada');
    await lab.commands.execute(new DisableUser(lab.system(), { userId }));
    await expect(create('ada')).rejects.toMatchObject({ kind: 'already-exists' });
  });

  it('are created once when many ask for the same login at once', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => create('ada')));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await lab.events('UserCreated')).toHaveLength(1);
    expect(await lab.events('UserNameReserved')).toHaveLength(1);
  });

  it('are completed by the next one who asks, when a crash left a reserved name without account', async () => {
    await reserveOnly('ReserveName', 'ada', 'u-crashed');
    expect(await create('ada')).toMatchObject({ userId: 'u-crashed', oneTimePassword: expect.any(String) });
    await expect(create('ada')).rejects.toMatchObject({ kind: 'already-exists' });
  });

  describe('of the first administrator', () => {
    it('come with a one-time password, answered once', async () => {
      const first = await bootstrap();
      expect(first).toMatchObject({
        login: 'admin',
        oneTimePassword: expect.stringMatching(/^([a-z2-9]{4}-){4}[a-z2-9]{4}$/),
      });
      expect(await bootstrap()).toBeUndefined();
      expect((await lab.events('UserCreated')).map(({ data }) => data['roles'])).toEqual([['admin']]);
    });

    it('are created by one of several servers that start together', async () => {
      const firsts = await Promise.all(Array.from({ length: 6 }, bootstrap));
      expect(firsts.filter((first) => first !== undefined)).toHaveLength(1);
      expect(await lab.events('UserCreated')).toHaveLength(1);
    });

    it('are made good by the next start after a crash', async () => {
      await reserveOnly('ReserveFirstName', 'admin', 'u-crashed');
      expect(await bootstrap()).toMatchObject({ userId: 'u-crashed' });
    });

    it('are not created where there are people already', async () => {
      await create('ada');
      expect(await bootstrap()).toBeUndefined();
      expect(await lab.events('UserCreated')).toHaveLength(1);
    });
  });

  it('of the training worker exist once, without credentials, and don’t count as people', async () => {
    const ensure = () => lab.commands.execute(new EnsureWorkerAccount(lab.system()));
    const actors = await Promise.all([ensure(), ensure(), ensure()]);
    for (const actor of actors)
      expect(actor).toEqual({ id: WORKER_ID, kind: 'service', roles: ['analyst'], via: 'none' });
    expect((await lab.events()).map(({ type }) => type)).toEqual(['UserNameReserved', 'UserCreated']);
    expect(await bootstrap()).toBeDefined();
  });

  it('of a disabled training worker may do nothing more', async () => {
    await lab.commands.execute(new EnsureWorkerAccount(lab.system()));
    await lab.commands.execute(new DisableUser(lab.system(), { userId: WORKER_ID }));
    expect(await lab.commands.execute(new EnsureWorkerAccount(lab.system()))).toMatchObject({ roles: [] });
  });
});
