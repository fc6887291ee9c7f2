import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { UserId } from '../../core/index.js';
import { IssueToken } from '../index.js';
import { openBrowser } from '../testing/browser.js';
import { basic, bearer } from '../testing/fake-request.js';
import { IdentityLab } from '../testing/identity-lab.js';

const PASSWORD = 'a long enough password';
const MINUTE = 60_000_000;

describe('breaking the glass', () => {
  let lab: IdentityLab;
  let ada: UserId;
  beforeEach(async () => {
    lab = await IdentityLab.start();
    ada = await lab.person('ada', PASSWORD, 'analyst');
    await lab.person('root', PASSWORD, 'admin');
    await lab.person('aud', PASSWORD, 'auditor');
  });
  afterEach(() => lab.stop());

  const as = (login: string) => {
    const send = (method: 'GET' | 'POST') => (path: string, body?: object) =>
      openBrowser(lab.app).send(method, path, body, { authorization: basic(login, PASSWORD) });
    return { get: send('GET'), post: send('POST') };
  };
  const need = { role: 'admin', minutes: 30, reason: 'the administrator is ill and a leaver must go' };
  const allow = (id: UserId, allowed = true) =>
    as('root').post(`users/${id}/break-glass`, { allowed, reason: 'on call this week' });
  const reviews = async (login = 'aud') => {
    await lab.catchUp();
    const { body } = await as(login).get('break-glass/reviews');
    return body['reviews'] as { review_id: string; overdue: boolean }[];
  };

  it('gives a role for the time that was asked for, raises an alert and opens a review', async () => {
    const warned = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    expect((await allow(ada)).status).toBe(200);
    expect((await as('ada').get('users')).status).toBe(403);
    const broken = await as('ada').post('break-glass', need);
    expect(broken).toMatchObject({
      status: 201,
      body: { role: 'admin', user_id: ada, expires_at: '2026-01-05T09:30:00.000000Z' },
    });
    const reviewId = broken.body['review_id'] as string;
    expect(warned.mock.calls.map(([line]) => line as unknown)).toEqual([
      expect.objectContaining({ alert: 'break-glass', userId: ada }),
    ]);
    warned.mockRestore();
    expect((await lab.events('AlertRaised')).filter(({ actor }) => actor.id === ada)).toMatchObject([
      { data: { alert: 'break-glass', userId: ada } },
    ]);
    await lab.catchUp();
    expect((await as('ada').get('users')).status).toBe(200);
    expect((await as('ada').get('users/me/rights')).body).toMatchObject({
      roles: ['analyst', 'admin'],
      may_break_glass: true,
      grants: [{ grant_id: reviewId, role: 'admin' }],
    });
    for (const type of ['BreakGlassReviewOpened', 'BreakGlassUsed'])
      expect(await lab.events(type)).toMatchObject([{ reason: need.reason, actor: { id: ada }, data: { reviewId } }]);
    expect(await reviews()).toMatchObject([{ review_id: reviewId, overdue: true, reason: need.reason, user_id: ada }]);
    lab.clock.advance(30 * MINUTE);
    expect((await as('ada').get('users')).status).toBe(403);
  });

  it('is refused to whom no administrator has allowed it, with a trace and without a review', async () => {
    expect(await as('ada').post('break-glass', need)).toMatchObject({
      status: 403,
      body: { code: 'break-glass-not-allowed' },
    });
    expect((await lab.events('AccessDenied')).at(-1)).toMatchObject({
      actor: { id: ada },
      data: { code: 'break-glass-not-allowed' },
    });
    expect(await reviews()).toEqual([]);
    expect((await as('ada').post(`users/${ada}/break-glass`, { allowed: true, reason: 'x' })).status).toBe(403);
  });

  it('is refused to tokens', async () => {
    await allow(ada);
    const { secret } = await lab.commands.execute(new IssueToken(lab.as(ada), { label: 'laptop' }));
    const answer = await openBrowser(lab.app).send('POST', 'break-glass', need, { authorization: bearer(secret) });
    expect(answer).toMatchObject({ status: 403, body: { code: 'break-glass-by-token' } });
  });

  it('is refused in a session that began longer ago, with a trace: an open browser is not its owner', async () => {
    await allow(ada);
    const browser = openBrowser(lab.app);
    const signIn = () => browser.send('POST', 'sessions', { login: 'ada', password: PASSWORD });
    const use = async ({ body }: { body: Record<string, unknown> }) =>
      browser.send('POST', 'break-glass', need, { 'x-custody-csrf': String(body['csrf_token']) });
    const session = await signIn();
    lab.clock.advance(6 * MINUTE);
    expect(await use(session)).toMatchObject({ status: 403, body: { code: 'sign-in-again' } });
    expect((await lab.events('AccessDenied')).at(-1)).toMatchObject({ data: { code: 'sign-in-again' } });
    expect(await use(await signIn())).toMatchObject({ status: 201 });
  });

  it.each([
    ['without a reason', { reason: undefined }, 'reason'],
    ['with an empty reason', { reason: ' ' }, 'reason'],
    ['for a role that is not offered', { role: 'privacy-officer' }, 'role'],
    ['for longer than the setting says', { minutes: 61 }, 'minutes'],
  ])('is refused %s, naming the field', async (_, wrong, field) => {
    await allow(ada);
    expect(await as('ada').post('break-glass', { ...need, ...wrong })).toMatchObject({ status: 400, body: { field } });
    expect(await reviews()).toEqual([]);
  });

  it.each([{ role: 'root' }, { minutes: 0 }, { minutes: 1.5 }, { minutes: '30' }, { minutes: 1e300 }, { role: null }])(
    'is refused for %j',
    async (wrong) => {
      await allow(ada);
      expect((await as('ada').post('break-glass', { ...need, ...wrong })).status).toBe(400);
    },
  );

  it('is over at once when an administrator withdraws it', async () => {
    await allow(ada);
    await as('ada').post('break-glass', need);
    expect((await allow(ada, false)).status).toBe(200);
    expect((await as('ada').get('users')).status).toBe(403);
    expect((await as('ada').post('break-glass', need)).status).toBe(403);
  });

  describe('is reviewed', () => {
    let reviewId: string;
    beforeEach(async () => {
      await allow(ada);
      reviewId = (await as('ada').post('break-glass', need)).body['review_id'] as string;
    });
    const signOff = (login: string, body: object = { decision: 'justified', comment: 'seen: one leaver disabled' }) =>
      as(login).post(`break-glass/reviews/${reviewId}`, body);

    it('by an auditor or an administrator, once', async () => {
      expect(await signOff('aud')).toMatchObject({ status: 200, body: { decision: 'justified' } });
      expect(await reviews()).toMatchObject([
        { review_id: reviewId, overdue: false, decision: 'justified', comment: 'seen: one leaver disabled' },
      ]);
      expect(await signOff('root')).toMatchObject({ status: 409, body: { code: 'already-reviewed' } });
      expect((await as('aud').get('break-glass/reviews?state=overdue')).body['reviews']).toEqual([]);
      expect((await as('aud').get('break-glass/reviews?state=reviewed')).body['reviews']).toHaveLength(1);
      expect((await as('aud').get('break-glass/reviews?state=lost')).status).toBe(400);
    });

    it('not by who did it, whatever role they hold by it', async () => {
      const own = await signOff('ada');
      expect(own.status).toBe(403);
      expect((await lab.events('AccessDenied')).at(-1)).toMatchObject({
        data: { action: 'break-glass:review', resource: { id: reviewId } },
      });
      expect(await reviews()).toMatchObject([{ overdue: true }]);
    });

    it('not by who did it, also when they may review those of others', async () => {
      const { body } = await as('aud').get('users/me');
      await allow(body['user_id'] as UserId);
      const own = await as('aud').post('break-glass', { ...need, role: 'reviewer' });
      const mine = `break-glass/reviews/${own.body['review_id'] as string}`;
      expect(await as('aud').post(mine, { decision: 'justified', comment: 'fine' })).toMatchObject({
        status: 403,
        body: { code: 'own-break-glass' },
      });
      expect((await lab.events('AccessDenied')).at(-1)).toMatchObject({ data: { code: 'own-break-glass' } });
    });

    it('not by somebody who may review only because they broke the glass too', async () => {
      const bob = await lab.person('bob', PASSWORD, 'analyst');
      await allow(bob);
      await as('bob').post('break-glass', need);
      expect(await signOff('bob')).toMatchObject({ status: 403, body: { code: 'review-by-break-glass' } });
    });

    it('not by others', async () => {
      await lab.person('vic', PASSWORD, 'viewer', 'reviewer', 'privacy-officer');
      expect((await signOff('vic')).status).toBe(403);
      expect((await as('vic').get('break-glass/reviews')).status).toBe(403);
    });

    it('with a verdict and a comment only', async () => {
      const bad = [
        {},
        { decision: 'fine', comment: 'x' },
        { decision: 'justified' },
        { decision: 'justified', comment: ' ' },
      ];
      for (const body of bad) expect((await signOff('aud', body)).status).toBe(400);
      expect((await as('aud').post('break-glass/reviews/bg-x', { decision: 'justified', comment: 'x' })).status).toBe(
        404,
      );
      const unknown = `break-glass/reviews/${reviewId.replace(/.{4}$/, 'ffff')}`;
      expect((await as('aud').post(unknown, { decision: 'justified', comment: 'x' })).status).toBe(404);
      expect(await lab.events('BreakGlassReviewed')).toEqual([]);
    });
  });
});
