import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UserId } from '../../core/index.js';
import { Requires } from '../../http/index.js';
import { DecisionMaker, LedgerUnavailable } from '../../ledger/index.js';
import { AccessTrail } from '../access/access-trail.js';
import { SignInLocks } from '../access/sign-in-locks.js';
import { UnlockSignIn } from '../commands/unlock-sign-in/unlock-sign-in.command.js';
import { basic, execution, fakeRequest, FakeRequest, handlerOf } from '../testing/fake-request.js';
import { IdentityLab } from '../testing/identity-lab.js';
import { DEFAULT_TRAIL } from '../trail-settings.js';
import { Alerts } from './alerts.js';
import { AlertRaised } from './events.js';
import { QueryAlerts, QueryAlertsHandler } from './query.js';

class Routes {
  @Requires('run:read')
  read() {}
  @Requires('model:promote')
  promote() {}
}

const PASSWORD = 'a long enough password';
const MINUTE = 60_000_000;

describe('alerts', () => {
  let lab: IdentityLab;
  beforeEach(async () => {
    lab = await IdentityLab.start();
  });
  afterEach(() => lab.stop());

  const call = (route: keyof Routes, request: FakeRequest) =>
    lab.guard.canActivate(execution(handlerOf(Routes, route), fakeRequest(request))).catch((error: unknown) => error);
  const alerts = async () =>
    (await lab.events('AlertRaised'))
      .map(({ data }) => data as unknown as AlertRaised['data'])
      .filter(({ alert }) => alert !== 'administrator-made');

  it('tell of an account that is locked, and of a login that nobody has', async () => {
    const ada = await lab.person('ada', PASSWORD, 'viewer');
    for (let i = 0; i < 5; i++) await call('read', { authorization: basic('ada', 'guess') });
    for (let i = 0; i < 5; i++) await call('read', { authorization: basic('nobody', 'guess') });
    expect(await alerts()).toEqual([
      { alert: 'sign-in-locked', userId: ada, count: 5 },
      { alert: 'unknown-login-guessed', count: 5 },
    ]);
    expect(JSON.stringify(await lab.events('AlertRaised'))).not.toContain('guess"');
  });

  it('tell once of guesses that come at the same time and are checked as one', async () => {
    const guess = () => call('read', { authorization: basic('nobody', 'guess') });
    for (let i = 0; i < 4; i++) await guess();
    await Promise.all(Array.from({ length: 10 }, guess));
    expect(await alerts()).toEqual([{ alert: 'unknown-login-guessed', count: 5 }]);
  });

  it('tell of a lock once, however many come upon it in however many processes, and of the next one again', async () => {
    const ada = await lab.person('ada', PASSWORD, 'viewer');
    const other = new DecisionMaker(lab.ledger, lab.catalogue);
    const elsewhere = new SignInLocks(other, lab.app.get(AccessTrail), new Alerts(other));
    const [here, now] = [lab.app.get(SignInLocks), () => lab.system()];
    const all = () => Promise.all([here, elsewhere, here, elsewhere].map((locks) => locks.guessed(now(), ada, 5)));
    await all();
    await all();
    const one = { alert: 'sign-in-locked', userId: ada, count: 5 };
    expect(await alerts()).toEqual([one]);
    expect(await lab.events('SignInLocked')).toHaveLength(1);
    await lab.commands.execute(new UnlockSignIn({ ...lab.system(), reason: 'it was me' }, { userId: ada }));
    await all();
    expect(await alerts()).toEqual([one, one]);
    lab.clock.advance(5 * MINUTE);
    await all();
    expect(await alerts()).toEqual([one, one, one]);
  });

  it('tell once a minute of an account that is refused again and again', async () => {
    const ada = await lab.person('ada', PASSWORD, 'viewer');
    const limit = DEFAULT_TRAIL.denialsToAlert;
    const denied = async (count: number) => {
      for (let i = 0; i < count; i++) await call('promote', { authorization: basic('ada', PASSWORD) });
    };
    await denied(limit - 1);
    expect(await alerts()).toEqual([]);
    await denied(limit);
    expect(await alerts()).toEqual([{ alert: 'repeated-denials', userId: ada, count: limit }]);
    lab.clock.advance(MINUTE);
    await denied(limit);
    expect(await alerts()).toHaveLength(2);
  });

  describe('of administrators', () => {
    let root: UserId;
    const signIn = (remoteAddress: string) => call('read', { authorization: basic('root', PASSWORD), remoteAddress });
    beforeEach(async () => {
      root = await lab.person('root', PASSWORD, 'admin');
    });

    it('tell of every address after the first, once, and keep it sealed', async () => {
      await signIn('192.0.2.1');
      expect(await alerts()).toEqual([]);
      await Promise.all([signIn('198.51.100.1'), signIn('198.51.100.1'), signIn('198.51.100.1')]);
      await signIn('192.0.2.1');
      expect(await alerts()).toEqual([{ alert: 'administrator-new-address', userId: root }]);
      const events = await lab.events();
      expect(JSON.stringify(events)).not.toContain('198.51.100.1');
      const own = events.filter(({ stream }) => stream === `sign-in-addresses-${root}`);
      expect(own.map(({ type }) => type)).toEqual(['SignInAddressAdded', 'SignInAddressAdded', 'AlertRaised']);
    });

    it('do not tell of others', async () => {
      await lab.person('ada', PASSWORD, 'analyst');
      for (const remoteAddress of ['192.0.2.1', '198.51.100.1'])
        await call('read', { authorization: basic('ada', PASSWORD), remoteAddress });
      expect(await alerts()).toEqual([]);
    });

    it('let nobody in while they can’t be written', async () => {
      await signIn('192.0.2.1');
      const append = lab.ledger.append.bind(lab.ledger);
      lab.ledger.append = (stream, ...rest) =>
        stream.startsWith('sign-in-addresses')
          ? Promise.reject(new LedgerUnavailable('disk full', 'disk-full'))
          : append(stream, ...rest);
      expect(await signIn('198.51.100.1')).toMatchObject({ message: 'disk full' });
      lab.ledger.append = append;
      expect(await signIn('198.51.100.1')).toBe(true);
      expect(await alerts()).toEqual([{ alert: 'administrator-new-address', userId: root }]);
    });
  });

  it('are listed, the latest first, by kind and page by page', async () => {
    const ada = await lab.person('ada', PASSWORD, 'viewer');
    for (let round = 0; round < 2; round++)
      for (let i = 0; i < 5; i++) await call('read', { authorization: basic(`nobody${round}`, 'guess') });
    for (let i = 0; i < 5; i++) await call('read', { authorization: basic('ada', 'guess') });
    await lab.catchUp();
    const ask = (...given: ConstructorParameters<typeof QueryAlerts>) =>
      lab.app.get(QueryAlertsHandler).execute(new QueryAlerts(...given));
    const first = await ask({}, 2);
    expect(first.alerts).toMatchObject([
      { alert: 'sign-in-locked', user_id: ada, name: 'ada' },
      { alert: 'unknown-login-guessed', user_id: '' },
    ]);
    const rest = await ask({}, 2, first.next);
    expect(rest.alerts).toHaveLength(1);
    expect(rest.next).toBeUndefined();
    expect((await ask({ alert: 'sign-in-locked' }, 10)).alerts).toHaveLength(1);
    expect((await ask({ from: lab.clock.now() + 1 } as QueryAlerts['filters'], 10)).alerts).toEqual([]);
  });
});
