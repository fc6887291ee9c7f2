import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CustodyError, JsonObject } from '../../core/index.js';
import { Requires } from '../../http/index.js';
import { LedgerUnavailable } from '../../ledger/index.js';
import { AccessTrail, IssueToken } from '../index.js';
import { Passwords } from '../credentials/passwords.js';
import { basic, bearer, execution, fakeRequest, FakeRequest, handlerOf } from '../testing/fake-request.js';
import { IdentityLab } from '../testing/identity-lab.js';
import { DEFAULT_TRAIL } from '../trail-settings.js';
import { SignInsRefused } from './events.js';
import { RequestRates } from './request-rates.js';
import { Tallies } from './tallies.js';

class Routes {
  @Requires('run:read')
  read() {}
}

const PASSWORD = 'a long enough password';
const MINUTE = 60_000_000;
const LIMIT = DEFAULT_TRAIL.signInFailures;

describe('strangers', () => {
  let lab: IdentityLab;
  let checks = 0;
  beforeEach(async () => {
    lab = await IdentityLab.start();
    const passwords = lab.app.get(Passwords);
    const matches = passwords.matches.bind(passwords);
    checks = 0;
    passwords.matches = (...given) => {
      checks += 1;
      return matches(...given);
    };
  });
  afterEach(() => lab.stop());

  const call = async (request: FakeRequest): Promise<string> => {
    try {
      await lab.guard.canActivate(execution(handlerOf(Routes, 'read'), fakeRequest(request)));
      return 'in';
    } catch (error) {
      if (error instanceof CustodyError) return error.code;
      throw error;
    }
  };
  const times = async (count: number, request: (index: number) => FakeRequest) => {
    const answers = new Map<string, number>();
    for (let i = 0; i < count; i++) {
      const answer = await call(request(i));
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
    }
    return Object.fromEntries(answers);
  };
  const counted = async () => {
    await lab.app.get(Tallies).flush();
    return (await lab.events('SignInsRefused')).map(({ data }) => data as unknown as SignInsRefused['data']);
  };

  it('who fail ten thousand times leave a few events, all lock-outs among them, and cost a few checks', async () => {
    const victims = ['ada', 'bob', 'eve'];
    for (const login of victims) await lab.person(login, PASSWORD, 'viewer');
    const before = (await lab.events()).length;
    checks = 0;
    const answers = await times(10_000, (i) => ({
      authorization: basic(victims[i % victims.length]!, `guess ${i}`),
      remoteAddress: '203.0.113.9',
    }));
    expect(answers).toEqual({ 'invalid-credentials': LIMIT - 1, 'too-many-failed-sign-ins': 10_000 - LIMIT + 1 });
    expect(checks).toBe(LIMIT);
    const [tally, ...more] = await counted();
    expect(more).toEqual([]);
    expect(tally).toMatchObject({ count: 10_000 - LIMIT, whys: { throttled: 10_000 - LIMIT } });
    expect(await lab.events('SignInFailed')).toHaveLength(LIMIT);
    expect(await lab.events('SignInLocked')).toHaveLength(victims.length);
    expect((await lab.events()).length - before).toBeLessThan(LIMIT + 20);
  });

  it('say which address it was under a key, the same for all of a day, and another the next', async () => {
    const fail = () => times(LIMIT + 1, () => ({ authorization: basic('ada', 'guess'), remoteAddress: '203.0.113.9' }));
    await fail();
    lab.clock.advance(MINUTE);
    await fail();
    lab.clock.advance(24 * 60 * MINUTE);
    await fail();
    const [first, second, third, ...more] = (await counted()).map(({ address }) => address);
    expect(more).toEqual([]);
    expect(first).toBe(second);
    expect(third).not.toBe(first);
    expect(JSON.stringify(await lab.events())).not.toContain('203.0.113.9');
  });

  it('may try again in the next minute', async () => {
    const guess = () => ({ authorization: basic('ada', 'guess') });
    await times(LIMIT, guess);
    expect(await call(guess())).toBe('too-many-failed-sign-ins');
    lab.clock.advance(MINUTE);
    expect(await call(guess())).toBe('invalid-credentials');
  });

  describe('behind one address with people who work', () => {
    it('lock out no token, and no password that was right there before', async () => {
      const ada = await lab.person('ada', PASSWORD, 'viewer');
      const { secret } = await lab.commands.execute(new IssueToken(lab.as(ada), { label: 'laptop' }));
      expect(await call({ authorization: basic('ada', PASSWORD) })).toBe('in');
      await times(LIMIT + 5, (i) => ({ authorization: basic(`nobody${i}`, 'guess') }));
      expect(await call({ authorization: bearer(secret) })).toBe('in');
      expect(await call({ authorization: basic('ada', PASSWORD) })).toBe('in');
      expect(await call({ authorization: basic('ada', 'guess') })).toBe('too-many-failed-sign-ins');
      expect(await call({ authorization: basic('ada', PASSWORD), remoteAddress: '198.51.100.1' })).toBe('in');
    });

    it('are asked for credentials as ever when they bring none, which costs nobody a sign-in', async () => {
      await lab.person('ada', PASSWORD, 'viewer');
      expect(await times(500, () => ({}))).toEqual({ 'credentials-required': 500 });
      expect(await call({ authorization: basic('ada', PASSWORD) })).toBe('in');
      expect(await lab.events('SignInFailed')).toHaveLength(LIMIT);
      expect(await counted()).toMatchObject([{ count: 500 - LIMIT, whys: { 'no-credentials': 500 - LIMIT } }]);
    });
  });

  it('from thousands of addresses share their events as well', async () => {
    await times(3_000, (i) => ({ remoteAddress: `198.51.${100 + Math.floor(i / 250)}.${i % 250}` }));
    expect(await lab.events('SignInFailed')).toHaveLength(1_000);
    const tallies = await counted();
    expect(tallies).toHaveLength(101);
    expect(tallies.filter(({ address }) => address === undefined)).toMatchObject([{ count: 1_900 }]);
    expect(tallies.reduce((sum, { count }) => sum + count, 0)).toBe(2_000);
  });

  it('are one stranger who has 64 bits of IPv6 addresses', async () => {
    await times(LIMIT, (i) => ({ authorization: bearer('x'), remoteAddress: `2001:db8::${i + 1}` }));
    expect(await call({ authorization: bearer('x'), remoteAddress: '2001:db8::ffff' })).toBe(
      'too-many-failed-sign-ins',
    );
    expect(await call({ authorization: bearer('x'), remoteAddress: '2001:db8:1::1' })).toBe('invalid-credentials');
  });

  it('get no answer but “unavailable” while their counts can’t be written', async () => {
    await times(LIMIT + 1, () => ({}));
    const append = lab.ledger.append;
    lab.ledger.append = () => Promise.reject(new LedgerUnavailable('disk full', 'disk-full'));
    await expect(lab.app.get(Tallies).flush()).rejects.toThrow('disk full');
    expect(await call({})).toBe('trail-unavailable');
    lab.ledger.append = append;
    expect(await counted()).toMatchObject([{ count: 1 }]);
    expect(await call({})).toBe('credentials-required');
  });

  it('are counted in the metrics, one by one', async () => {
    await times(LIMIT + 70, () => ({}));
    expect(lab.app.get(AccessTrail).counts.refusedSignIns.get('no-credentials')).toBe(LIMIT + 70);
  });

  it('are not those who have signed in: an account has a limit of its own, where there is one', async () => {
    const rates = new RequestRates(lab.app.get(Tallies), { ...DEFAULT_TRAIL, requestsPerMinute: 3 });
    const ada = await lab.person('ada', PASSWORD, 'viewer');
    const ask = () => {
      try {
        rates.assertWithin(lab.as(ada));
        return undefined;
      } catch (error) {
        return error as CustodyError;
      }
    };
    expect([ask(), ask(), ask()]).toEqual([undefined, undefined, undefined]);
    lab.clock.advance(15_000_000);
    expect(ask()).toMatchObject({ kind: 'limit', code: 'too-many-requests', retryAfter: 45 });
    expect(ask()).toMatchObject({ kind: 'limit' });
    lab.clock.advance(MINUTE);
    expect(ask()).toBeUndefined();
    await lab.app.get(Tallies).flush();
    const data = (await lab.events('RequestsLimited')).map((event): JsonObject => event.data);
    expect(data).toMatchObject([{ userId: ada, count: 2, perMinute: 3 }]);
  });
});
