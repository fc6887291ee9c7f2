import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { UserId } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { IssueToken } from '../index.js';
import { openBrowser } from '../testing/browser.js';
import { basic, bearer } from '../testing/fake-request.js';
import { IdentityLab } from '../testing/identity-lab.js';
import { reviewStream } from './decide-review.js';

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
    for (const login of ['root', 'aud']) await accepts(login);
  });
  afterEach(() => lab.stop());

  const as = (login: string) => {
    const send = (method: 'GET' | 'POST') => (path: string, body?: object) =>
      openBrowser(lab.app).send(method, path, body, { authorization: basic(login, PASSWORD) });
    return { get: send('GET'), post: send('POST') };
  };
  const accepts = (login: string) =>
    as(login).post('users/me/signature-acceptance', { version: 1, password: PASSWORD });
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
      as(login).post(`break-glass/reviews/${reviewId}`, { password: PASSWORD, ...body });
    const request = async (login = 'aud') => {
      await lab.catchUp();
      const { body } = await as('aud').get(`approvals?subject=break-glass-review:${reviewId}`);
      const [listed] = body['approvals'] as { approval_id: string }[];
      return { listed, ...(await as(login).get(`approvals/${listed!.approval_id}`)) };
    };
    const decide = async (login: string, decision: 'approve' | 'reject' = 'approve') => {
      const { body } = await request();
      return as(login).post(`approvals/${body['approval_id'] as string}/decisions`, {
        decision,
        meaning: decision === 'approve' ? 'reviewed' : 'rejected',
        reason: 'saw what was done',
        digest: (body['dossier'] as { digest: string }).digest,
        password: PASSWORD,
      });
    };

    it('as a request for approval, overdue from the first moment, which shows who, why, until when and what was done', async () => {
      const { user_id } = (await as('aud').get('users/me')).body;
      await as('ada').post(`users/${user_id as string}/break-glass`, { allowed: true, reason: 'on call too' });
      const { listed, body } = await request();
      expect(listed).toMatchObject({ kind: 'break-glass-review', state: 'open', overdue: true, requested_by: ada });
      expect(listed).not.toHaveProperty('expires_at');
      expect(body).toMatchObject({
        overdue: true,
        rules: { steps: [{ role: 'auditor', or: ['admin'], approvals: 1 }] },
        dossier: {
          content: {
            who: ada,
            why: need.reason,
            role: 'admin',
            held: { from: '2026-01-05T09:00:00.000000Z', until: '2026-01-05T09:30:00.000000Z' },
            did: { by_type: { BreakGlassAllowed: 1 }, digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
          },
        },
      });
      expect(await reviews()).toMatchObject([{ review_id: reviewId, number: body['number'] }]);
    });

    it('of what was done while the role was held, and of nothing later: what was not seen is not signed', async () => {
      const { body: before } = await request();
      const shown = (before['dossier'] as { digest: string }).digest;
      const bob = await lab.person('bob', PASSWORD, 'viewer');
      await as('ada').post(`users/${bob}/disable`, {});
      const stale = await signOff('aud', { decision: 'justified', comment: 'fine', digest: shown });
      expect(stale).toMatchObject({ status: 409, body: { code: 'stale-dossier' } });
      const did = async () => ((await request()).body['dossier'] as { content: { did: object } }).content.did;
      expect(await did()).toMatchObject({ by_type: { UserDisabled: 1 } });
      lab.clock.advance(31 * MINUTE);
      const over = await did();
      await as('ada').post('users/me/password', { current: PASSWORD, new: 'another password, a long one' });
      expect(await lab.events('PasswordSet')).not.toEqual([]);
      expect(await did()).toEqual(over);
      expect(await signOff('aud')).toMatchObject({ status: 200 });
    });

    it('by the signature under that request, which signs off the review, and the other way round', async () => {
      expect(await decide('aud')).toMatchObject({ status: 200, body: { state: 'carried-out' } });
      expect(await reviews()).toMatchObject([{ overdue: false, decision: 'justified', comment: 'saw what was done' }]);
      expect(await signOff('root')).toMatchObject({ status: 409, body: { code: 'already-reviewed' } });
      const signed = (await lab.events('ApprovalSigned')).at(-1)!;
      expect((await lab.events('BreakGlassReviewed')).map(({ data }) => data)).toEqual([
        { reviewId, userId: ada, decision: 'justified', approvalId: signed.data['approvalId'] },
      ]);
    });

    it('as unjustified by rejecting it, in the review’s own stream too, once', async () => {
      expect(await decide('root', 'reject')).toMatchObject({ status: 200, body: { state: 'rejected' } });
      while ((await lab.events('BreakGlassReviewed')).length === 0) await new Promise((later) => setTimeout(later, 5));
      expect(await reviews()).toMatchObject([
        { overdue: false, decision: 'unjustified', comment: 'saw what was done' },
      ]);
      expect(await signOff('aud')).toMatchObject({ status: 409 });
      expect(await lab.events('BreakGlassReviewed')).toHaveLength(1);
    });

    it('with unjustified as its verdict by its own call, too', async () => {
      const answer = await signOff('root', { decision: 'unjustified', comment: 'there was no need' });
      expect(answer).toMatchObject({ status: 200, body: { signature_id: expect.stringMatching(/^sg-/) } });
      expect((await request()).body).toMatchObject({ state: 'rejected', overdue: false });
      expect(await lab.events('BreakGlassReviewed')).toMatchObject([{ data: { decision: 'unjustified' } }]);
    });

    it('with an electronic signature only', async () => {
      const wrong = { decision: 'justified', comment: 'fine', password: 'a guess that is long' };
      expect(await signOff('aud', wrong)).toMatchObject({ status: 403, body: { code: 'signature-refused' } });
      expect(await signOff('aud', { ...wrong, password: undefined })).toMatchObject({ status: 403 });
      expect(await reviews()).toMatchObject([{ overdue: true }]);
    });

    it('by nobody who may not see it: others find neither it nor what it says', async () => {
      const { body } = await request();
      await lab.person('vic', PASSWORD, 'reviewer');
      expect((await as('vic').get('approvals')).body['approvals']).toEqual([]);
      const id = body['approval_id'] as string;
      expect(await as('vic').get(`approvals/${id}`)).toMatchObject({ status: 403, body: { code: 'not-permitted' } });
      expect((await lab.events('AccessDenied')).at(-1)).toMatchObject({ data: { action: 'break-glass:read' } });
      expect((await as('vic').post(`approvals/${id}/comments`, { comment: 'x' })).status).toBe(403);
      lab.clock.advance(31 * MINUTE);
      expect((await as('ada').get('approvals')).body['approvals']).toHaveLength(1);
      expect((await as('ada').get(`approvals/${id}`)).body).toMatchObject({ you: { may_decide: false } });
    });

    it('with the same independence by the request as by its own name', async () => {
      const bob = await lab.person('bob', PASSWORD, 'analyst');
      await allow(bob);
      await as('bob').post('break-glass', need);
      expect(await decide('bob')).toMatchObject({ status: 403, body: { code: 'review-by-break-glass' } });
      expect(await decide('ada')).toMatchObject({ status: 403, body: { code: 'own-break-glass' } });
      expect((await lab.events('AccessDenied')).at(-1)).toMatchObject({ data: { code: 'own-break-glass' } });
      const withdraw = `approvals/${(await request()).body['approval_id'] as string}/withdraw`;
      expect((await as('ada').post(withdraw, {})).body).toMatchObject({ code: 'review-not-withdrawn' });
    });

    it('also where the server died before it made the request, and where an older one made none', async () => {
      const lost = { reviewId: `bg-${'0'.repeat(8)}-0000-7000-8000-${'0'.repeat(12)}`, userId: ada };
      const data = { ...lost, role: 'admin' as const, expiresAt: lab.clock.now() };
      const decisions = lab.app.get(DecisionMaker);
      await decisions.record(reviewStream(lost.reviewId), [{ type: 'BreakGlassReviewOpened', data }], lab.as(ada));
      const made = async () =>
        (await lab.events('ApprovalRequested')).filter(
          (event) => (event.data['subject'] as { id: string }).id === lost.reviewId,
        );
      while ((await made()).length === 0) await new Promise((later) => setTimeout(later, 5));
      expect(await made()).toMatchObject([{ data: { requester: ada, dossier: { content: { held: null } } } }]);
      const path = `break-glass/reviews/${lost.reviewId}`;
      const verdict = { decision: 'justified', comment: 'nothing was taken', password: PASSWORD };
      expect(await as('aud').post(path, verdict)).toMatchObject({ status: 200 });
      expect(await made()).toHaveLength(1);
    });

    it('without a second request where it was signed off before reviews were requests', async () => {
      const old = `bg-${'1'.repeat(8)}-0000-7000-8000-${'0'.repeat(12)}`;
      const about = { reviewId: old, userId: ada };
      const opened = { ...about, role: 'admin' as const, expiresAt: lab.clock.now() };
      const decisions = lab.app.get(DecisionMaker);
      const events = [
        { type: 'BreakGlassReviewOpened', data: opened },
        { type: 'BreakGlassReviewed', data: { ...about, decision: 'justified' } },
      ] as const;
      await decisions.record(reviewStream(old), events, lab.as(ada));
      // One that comes after it has its request: the old one was passed by then.
      await as('root').post(`users/${ada}/break-glass`, { allowed: false, reason: 'over' });
      await allow(ada);
      const next = await as('ada').post('break-glass', need);
      expect(next).toMatchObject({ status: 201, body: { number: 2 } });
      expect(await lab.events('ApprovalRequested')).toHaveLength(2);
    });

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
