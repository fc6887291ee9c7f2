import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { errors, NamePattern, Role, UserId } from '../core/index.js';
import { ANA, ApprovalsLab, errorOf, REX, RIA, TOM } from './testing/approvals-lab.js';
import { CommentApproval, GetApproval, ListApprovals, WithdrawApproval } from './index.js';
import { ExpireOverdue } from './reactors/expire-overdue.js';

describe('a request for approval', () => {
  let lab: ApprovalsLab;
  let approvalId: string;
  beforeEach(async () => {
    lab = await ApprovalsLab.open();
    ({ approvalId } = await lab.request());
  });
  afterEach(() => lab.close());

  const view = async (id = approvalId, context = lab.as(REX)) => lab.room.queries.execute(new GetApproval(context, id));

  it('has a number, and is answered again to whoever asks for the same, while it is open', async () => {
    expect(await lab.request()).toMatchObject({ approvalId, number: 1, state: 'open', digest: lab.digest });
    expect(await lab.request(lab.as(RIA))).toMatchObject({ approvalId, number: 1 });
    expect(await lab.request(undefined, { name: 'back' })).toMatchObject({ number: 2 });
    await lab.room.commands.execute(new WithdrawApproval(lab.as(ANA), { approvalId }));
    const next = await lab.request();
    expect(next).toMatchObject({ number: 3, state: 'open' });
    expect(next.approvalId).not.toBe(approvalId);
  });

  it('is one, however many ask for the same at once', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => lab.request(undefined, { name: 'side' })));
    expect(new Set(all.map((one) => one.approvalId)).size).toBe(1);
    expect((await lab.types()).filter((type) => type === 'ApprovalRequested')).toHaveLength(2);
  });

  it('asked for by a service is the request of the person for whom it asked', async () => {
    const service = lab.as('u-worker' as UserId, ['analyst'], { kind: 'service', via: 'token', onBehalfOf: REX });
    const made = await lab.request(service, { name: 'side' });
    lab.door.width = 90;
    const refused = await errorOf(lab.decide(lab.as(REX), made.approvalId));
    expect(refused.code).toBe('own-request');
  });

  it('is granted and carried out in the call of the last approver, once, with causation recorded', async () => {
    expect(await lab.decide(lab.as(REX), approvalId)).toMatchObject({ state: 'open' });
    expect(lab.door.opened).toEqual([]);
    expect(await lab.decide(lab.as(RIA), approvalId)).toMatchObject({ state: 'carried-out' });
    expect(lab.door.opened).toHaveLength(1);
    const events = await lab.room.events();
    expect(events.map(({ type }) => type)).toEqual([
      'ApprovalNumbered',
      'ApprovalRequested',
      'ApprovalSigned',
      'ApprovalSigned',
      'ApprovalGranted',
      'ApprovalCarriedOut',
    ]);
    const [requested, granted, done] = [events[1]!, events[4]!, events[5]!];
    const { context, requester } = lab.door.opened[0]!;
    expect(requester).toBe(ANA);
    expect(context).toMatchObject({
      actor: { id: RIA },
      correlationId: requested.correlationId,
      causationId: granted.id,
      idempotencyKey: `approval/${approvalId}`,
      reason: 'looked at it',
    });
    expect(done).toMatchObject({ actor: { id: RIA }, causationId: granted.id, data: { result: { open: true } } });
  });

  it('is decided by two at once, or by three, and never has more approvals than it needs', async () => {
    const zoe = 'u-zoe' as UserId;
    const results = await Promise.allSettled([REX, RIA, zoe].map((id) => lab.decide(lab.as(id), approvalId)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    const lost = results.find((result) => result.status === 'rejected');
    expect(lost?.reason).toMatchObject({ code: 'approval-closed', kind: 'conflict' });
    expect((await lab.types()).filter((type) => type === 'ApprovalSigned')).toHaveLength(2);
    expect(lab.door.opened).toHaveLength(1);
  });

  it('asks nobody for a password whom it would refuse, and has every such refusal recorded', async () => {
    const refusals: readonly (readonly [string, ReturnType<ApprovalsLab['as']>])[] = [
      ['own-request', lab.as(ANA)],
      ['not-independent', lab.as(TOM)],
      ['approval-role-missing', lab.as(REX, ['admin'])],
      ['not-a-person', lab.as(REX, ['reviewer'], { kind: 'service' })],
    ];
    for (const [code, context] of refusals) {
      expect(await errorOf(lab.decide(context, approvalId))).toMatchObject({ code, kind: 'denied' });
      expect(lab.policy.refused.at(-1)).toMatchObject({ code, by: context.actor.id, resource: { id: approvalId } });
    }
    await lab.decide(lab.as(REX), approvalId);
    const another = { reason: 'and looked again' };
    expect(await errorOf(lab.decide(lab.as(REX), approvalId, another))).toMatchObject({ code: 'signed-already' });
    expect(lab.policy.refused.map(({ code }) => code)).toEqual([...refusals.map(([code]) => code), 'signed-already']);
    expect(lab.signer.made).toHaveLength(1);
  });

  it('has no decision without a signature', async () => {
    const wrong = { credentials: { password: 'guess' } };
    expect(await errorOf(lab.decide(lab.as(REX), approvalId, wrong))).toMatchObject({ code: 'signature-refused' });
    const byToken = lab.as(REX, ['reviewer'], { via: 'token' });
    expect(await errorOf(lab.decide(byToken, approvalId, { credentials: {} }))).toMatchObject({
      code: 'signature-refused',
    });
    expect(await lab.types()).not.toContain('ApprovalSigned');
  });

  it('is not decided with a role that was lost since it was opened', async () => {
    expect((await view()).refusal).toBeUndefined();
    expect(await errorOf(lab.decide(lab.as(REX, ['viewer']), approvalId))).toMatchObject({
      code: 'approval-role-missing',
    });
  });

  it('counts a role that holds for what it is about, and for nothing else', async () => {
    const scoped = (pattern: string) => ({
      ...lab.as(REX, []),
      scoped: [{ role: 'reviewer' as Role, scope: { kind: 'models' as const, pattern: pattern as NamePattern } }],
    });
    expect((await errorOf(lab.decide(scoped('other*'), approvalId))).code).toBe('approval-role-missing');
    expect(await lab.decide(scoped('lims*'), approvalId)).toMatchObject({ state: 'open' });
  });

  it('is decided on what it is about now: a stale decision is refused, and older approvals are void', async () => {
    const { digest } = lab;
    await lab.decide(lab.as(REX), approvalId);
    lab.door.width = 120;
    const stale = await errorOf(lab.decide(lab.as(RIA), approvalId, { digest }));
    expect(stale).toMatchObject({ code: 'stale-dossier', kind: 'conflict', field: 'digest' });
    expect(stale.message).toContain(`GET /api/v1/approvals/${approvalId}`);
    expect((await lab.types()).at(-1)).toBe('ApprovalDossierRenewed');
    const { progress, approval } = await view();
    expect(progress.missing).toEqual([{ role: 'reviewer', approvals: 2, step: 0 }]);
    expect(approval.dossier.content).toEqual({ name: 'front', width: 120 });
    expect(await lab.decide(lab.as(RIA), approvalId)).toMatchObject({ state: 'open' });
    expect(await lab.decide(lab.as(REX), approvalId)).toMatchObject({ state: 'carried-out' });
  });

  it('notices what changes while somebody types their password', async () => {
    const { digest } = lab;
    lab.signer.meanwhile = async () => {
      lab.signer.meanwhile = async () => undefined;
      lab.door.width = 120;
      await lab.decide(lab.as(RIA), approvalId);
    };
    expect(await errorOf(lab.decide(lab.as(REX), approvalId, { digest }))).toMatchObject({ code: 'stale-dossier' });
  });

  it('follows a policy that changes under it, and says so', async () => {
    await lab.decide(lab.as(REX), approvalId);
    lab.door.rulesNow = { ...lab.door.rulesNow, steps: [{ role: 'privacy-officer', approvals: 1 }] };
    expect(await errorOf(lab.decide(lab.as(RIA), approvalId))).toMatchObject({ code: 'approval-role-missing' });
    expect((await lab.types()).at(-1)).toBe('ApprovalRulesChanged');
    expect(await lab.decide(lab.as(RIA, ['privacy-officer']), approvalId)).toMatchObject({ state: 'carried-out' });
  });

  it('is void when what it is about is gone, which whoever decides is told', async () => {
    lab.door.gone = true;
    expect((await view()).gone).toMatchObject({ code: 'door-not-found' });
    const refused = await errorOf(lab.decide(lab.as(REX), approvalId));
    expect(refused).toMatchObject({ code: 'approval-closed', kind: 'conflict' });
    expect(refused.message).toMatch(/there is no such door/);
    expect((await lab.types()).at(-1)).toBe('ApprovalVoided');
    expect((await view()).approval).toMatchObject({ state: 'void', why: 'there is no such door' });
  });

  it('is void when what was approved can not be done, and the signature stays recorded', async () => {
    await lab.decide(lab.as(REX), approvalId);
    lab.door.failure = errors.state('door-locked', 'somebody has locked the door');
    const answer = await lab.decide(lab.as(RIA), approvalId);
    expect(answer).toMatchObject({ state: 'void', why: 'somebody has locked the door' });
    expect((await lab.types()).slice(-3)).toEqual(['ApprovalSigned', 'ApprovalGranted', 'ApprovalVoided']);
  });

  it('expires, when somebody comes too late and when nobody comes at all', async () => {
    const other = await lab.request(undefined, { name: 'back' });
    lab.advance(24);
    expect(await errorOf(lab.decide(lab.as(REX), approvalId))).toMatchObject({ code: 'approval-closed' });
    expect((await lab.types()).at(-1)).toBe('ApprovalExpired');
    await lab.room.projector.catchUp();
    await lab.room.app.get(ExpireOverdue, { strict: false }).sweep();
    expect((await view(other.approvalId)).approval.state).toBe('expired');
    expect((await lab.types()).filter((type) => type === 'ApprovalExpired')).toHaveLength(2);
    expect(await lab.request()).toMatchObject({ number: 3 });
  });

  it('is withdrawn by whoever made it only, which is recorded', async () => {
    const withdraw = (id: UserId) => lab.room.commands.execute(new WithdrawApproval(lab.as(id), { approvalId }));
    expect(await errorOf(withdraw(REX))).toMatchObject({ code: 'not-your-request', kind: 'denied' });
    expect(lab.policy.refused).toMatchObject([{ code: 'not-your-request', by: REX }]);
    expect(await withdraw(ANA)).toMatchObject({ state: 'withdrawn' });
    expect(await errorOf(lab.decide(lab.as(REX), approvalId))).toMatchObject({ code: 'approval-closed' });
  });

  it('is rejected with a signature', async () => {
    const no = { decision: 'reject' as const, meaning: 'rejected' as const };
    expect(await lab.decide(lab.as(REX), approvalId, no)).toMatchObject({ state: 'rejected' });
    expect(lab.door.opened).toEqual([]);
  });

  it('shows what is missing, who decided what, and what was said', async () => {
    await lab.decide(lab.as(REX), approvalId);
    await lab.room.commands.execute(new CommentApproval(lab.as(RIA), { approvalId, comment: 'on it' }));
    const { progress, events, refusal } = await view();
    expect(progress.missing).toEqual([{ role: 'reviewer', approvals: 1, step: 0 }]);
    expect(refusal?.code).toBe('signed-already');
    expect(events.map(({ type }) => type)).toEqual(['ApprovalRequested', 'ApprovalSigned', 'ApprovalCommented']);
    expect(await errorOf(view('ap-x'))).toMatchObject({ code: 'approval-not-found' });
  });

  it('is in the lists of those for whom it waits', async () => {
    await lab.request(lab.as(REX), { name: 'back' });
    const list = async (input: Partial<ListApprovals['input']>) => {
      await lab.room.projector.catchUp();
      const page = await lab.room.queries.execute(new ListApprovals({ limit: 10, ...input }));
      return page.approvals.map(({ number }) => number);
    };
    const toDecide = (userId: UserId, roles: readonly Role[] = ['reviewer']) =>
      list({ mine: { what: 'to-decide', userId, roles } });
    expect(await list({})).toEqual([2, 1]);
    expect(await toDecide(RIA)).toEqual([2, 1]);
    expect(await toDecide(REX)).toEqual([1]);
    expect(await toDecide(TOM)).toEqual([]);
    expect(await toDecide(RIA, ['admin'])).toEqual([]);
    await lab.decide(lab.as(RIA), approvalId);
    expect(await toDecide(RIA)).toEqual([2]);
    expect(await list({ mine: { what: 'requested', userId: ANA } })).toEqual([1]);
    expect(await list({ subject: { kind: 'door', id: 'front' } })).toEqual([2, 1]);
    expect(await list({ subject: { kind: 'window' } })).toEqual([]);
    expect(await list({ within: ['bac*' as NamePattern] })).toEqual([2]);
    lab.advance(24);
    expect(await list({ state: 'open' })).toEqual([]);
    expect(await list({ state: 'expired' })).toEqual([2, 1]);
    const first = await lab.room.queries.execute(new ListApprovals({ limit: 1 }));
    expect(first.nextPageToken).toBe('2');
    expect(await list({ pageToken: '2' })).toEqual([1]);
  });
});

describe('over a crash', () => {
  it('a request that was numbered and not made is made by who asks next, under its number', async () => {
    let dies = true;
    const lab = await ApprovalsLab.open({
      ledger: (inner) =>
        new Proxy(inner, {
          get: (target, name) => {
            if (name === 'append')
              return async (stream: string, ...rest: [never, never]) => {
                if (stream.startsWith('approval-') && dies) throw errors.unavailable('died', 'the server died');
                return target.append(stream, ...rest);
              };
            const value: unknown = Reflect.get(target, name);
            return typeof value === 'function' ? (value.bind(target) as unknown) : value;
          },
        }),
    });
    expect((await errorOf(lab.request())).code).toBe('died');
    dies = false;
    expect(await lab.request()).toMatchObject({ number: 1, state: 'open' });
    expect(await lab.types()).toEqual(['ApprovalNumbered', 'ApprovalRequested']);
    await lab.close();
  });

  it('what was granted and not done is done by the reactor, once', async () => {
    const lab = await ApprovalsLab.open({ graceMs: 0 });
    const { approvalId } = await lab.request();
    lab.door.failure = errors.unavailable('away', 'the disk is away');
    await lab.decide(lab.as(REX), approvalId);
    expect((await errorOf(lab.decide(lab.as(RIA), approvalId))).code).toBe('away');
    lab.door.failure = undefined;
    while (!(await lab.types()).includes('ApprovalCarriedOut')) await new Promise((later) => setTimeout(later, 5));
    expect(lab.door.opened).toMatchObject([{ approvalId, context: { actor: { id: RIA } } }]);
    await lab.close();
    expect((await lab.types()).filter((type) => type === 'ApprovalCarriedOut')).toHaveLength(1);
  });
});
