import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Role, UserId } from '../core/index.js';
import { ApprovalsLab, errorOf, REX, RIA, TOM } from './testing/approvals-lab.js';
import { GetApproval, ListApprovals } from './index.js';
import { approvalWire } from './queries/approval/wire.js';

const ZOE = 'u-zoe' as UserId;

describe('what counts for a request', () => {
  let lab: ApprovalsLab;
  let approvalId: string;
  beforeEach(async () => {
    lab = await ApprovalsLab.open();
    ({ approvalId } = await lab.request());
  });
  afterEach(() => lab.close());

  const shown = async (context = lab.as(RIA)) =>
    approvalWire(await lab.room.queries.execute(new GetApproval(context, approvalId)));
  const ask = (approvals: number, more: Partial<ApprovalsLab['door']['rulesNow']> = {}) => {
    lab.door.rulesNow = { ...lab.door.rulesNow, steps: [{ role: 'reviewer', approvals }], ...more };
  };
  const listed = async (userId: UserId, roles: readonly Role[] = ['reviewer']) => {
    await lab.room.projector.catchUp();
    const mine = { what: 'to-decide', userId, roles } as const;
    const [all, theirs] = await Promise.all(
      [{}, { mine }].map((more) => lab.room.queries.execute(new ListApprovals({ limit: 10, ...more }))),
    );
    return { missing: all!.approvals[0]!.missing, waits: theirs!.approvals.length > 0 };
  };
  const count = async (type: string) => (await lab.types()).filter((each) => each === type).length;

  describe('that a policy makes easier after somebody signed', () => {
    beforeEach(async () => {
      await lab.decide(lab.as(REX), approvalId);
      ask(1);
    });

    it('is told in words to who looks, and done when somebody decides, who is told that', async () => {
      expect(await shown()).toMatchObject({
        state: 'open',
        missing: [],
        you: { may_decide: false, why: 'request 1 has all the approvals that it takes by now' },
      });
      const told = await errorOf(lab.decide(lab.as(RIA), approvalId));
      expect(told).toMatchObject({
        code: 'approval-closed',
        message: expect.stringMatching(/approved and carried out/),
      });
      expect(await lab.types()).toEqual([
        'ApprovalNumbered',
        'ApprovalRequested',
        'ApprovalSigned',
        'ApprovalRulesChanged',
        'ApprovalGranted',
        'ApprovalCarriedOut',
      ]);
      expect(lab.signer.made).toHaveLength(1);
      expect(await shown()).toMatchObject({ state: 'carried-out', decisions: [{ counts: true, step: 0 }] });
    });

    it('is done when it is asked for again, by its last approver and because of the grant', async () => {
      expect(await lab.request()).toMatchObject({ approvalId, state: 'carried-out' });
      const granted = (await lab.room.events()).find(({ type }) => type === 'ApprovalGranted')!;
      expect(granted.actor).toMatchObject({ id: 'system' });
      const [{ context }] = lab.door.opened as [(typeof lab.door.opened)[number]];
      expect(context).toMatchObject({ actor: { id: REX }, causationId: granted.id, reason: 'looked at it' });
    });

    it('is done once, however many come at the same time', async () => {
      const all = [...Array.from({ length: 4 }, () => lab.request()), lab.decide(lab.as(RIA), approvalId)];
      await Promise.allSettled(all);
      expect(lab.door.opened).toHaveLength(1);
      expect([await count('ApprovalGranted'), await count('ApprovalCarriedOut')]).toEqual([1, 1]);
    });
  });

  it('is nothing that somebody signed whom the rules exclude by now, anywhere', async () => {
    const built = lab.door.rulesNow.excluded;
    ask(2, { excluded: [] });
    await lab.request();
    await lab.decide(lab.as(TOM), approvalId);
    expect((await shown()).decisions).toMatchObject([{ counts: true }]);
    ask(2, { excluded: built });
    expect(await lab.decide(lab.as(ZOE), approvalId)).toMatchObject({ state: 'open' });
    expect(lab.door.opened).toEqual([]);
    const { decisions, missing } = await shown();
    expect(missing).toMatchObject([{ approvals: 1 }]);
    expect(decisions).toMatchObject([
      { signer: TOM, counts: false, why_not: expect.stringMatching(/may not decide about this: they built the door/) },
      { signer: ZOE, counts: true },
    ]);
    expect(await listed(RIA)).toMatchObject({ missing: [{ approvals: 1 }], waits: true });
    expect((await listed(TOM)).waits).toBe(false);
    expect(await lab.decide(lab.as(RIA), approvalId)).toMatchObject({ state: 'carried-out' });
  });

  it('is nothing that somebody signed whose account is not active any more, until it is again', async () => {
    await lab.decide(lab.as(REX), approvalId);
    lab.accounts.disabled.add(REX);
    expect((await shown()).decisions).toMatchObject([
      { counts: false, why_not: expect.stringMatching(/account of its signer is not active/) },
    ]);
    expect(await lab.decide(lab.as(RIA), approvalId)).toMatchObject({ state: 'open' });
    expect((await lab.room.events()).find(({ type }) => type === 'ApprovalSignersChanged')).toMatchObject({
      data: { inactive: [REX] },
    });
    expect(await listed(ZOE)).toMatchObject({ missing: [{ approvals: 1 }], waits: true });
    lab.accounts.disabled.clear();
    expect(await lab.request()).toMatchObject({ state: 'carried-out' });
  });

  it('is no role that somebody took in need, wherever else it holds', async () => {
    lab.accounts.inNeed.set(REX, ['reviewer']);
    expect(await shown(lab.as(REX))).toMatchObject({
      you: { may_decide: false, why: expect.stringMatching(/took the role reviewer yourself, in need/) },
    });
    expect(await errorOf(lab.decide(lab.as(REX), approvalId))).toMatchObject({
      code: 'role-taken-in-need',
      kind: 'denied',
    });
    expect(lab.policy.refused).toMatchObject([{ code: 'role-taken-in-need', by: REX, resource: { id: approvalId } }]);
    expect(lab.signer.made).toEqual([]);
    const scope = { kind: 'models' as const, pattern: 'lims*' as never };
    const given = { ...lab.as(REX), scoped: [{ role: 'reviewer' as Role, scope }] };
    expect(await lab.decide(given, approvalId)).toMatchObject({ state: 'open' });
  });

  describe('of a decision that is sent again, since its answer was lost', () => {
    it('is the first one, answered again to who shows again who they are', async () => {
      const first = await lab.decide(lab.as(REX), approvalId);
      expect(await lab.decide(lab.as(REX), approvalId)).toEqual(first);
      const wrong = { credentials: { password: 'guess' } };
      expect((await errorOf(lab.decide(lab.as(REX), approvalId, wrong))).code).toBe('signature-refused');
      expect([lab.signer.made.length, await count('ApprovalSigned')]).toEqual([1, 1]);
      expect(lab.policy.refused).toEqual([]);
    });

    it('also when it was the last one, and what it permits is done already', async () => {
      await lab.decide(lab.as(REX), approvalId);
      const last = await lab.decide(lab.as(RIA), approvalId);
      expect(await lab.decide(lab.as(RIA), approvalId)).toEqual(last);
      expect(last).toMatchObject({ state: 'carried-out' });
      expect(lab.door.opened).toHaveLength(1);
    });

    it('also a rejection; but no other decision, and nobody else’s', async () => {
      const no = { decision: 'reject', meaning: 'rejected' } as const;
      const first = await lab.decide(lab.as(REX), approvalId, no);
      expect(await lab.decide(lab.as(REX), approvalId, no)).toEqual(first);
      expect((await errorOf(lab.decide(lab.as(REX), approvalId))).code).toBe('approval-closed');
      expect((await errorOf(lab.decide(lab.as(RIA), approvalId, no))).code).toBe('approval-closed');
    });
  });

  it('is no signature that says its signer wrote it', async () => {
    const refused = await errorOf(lab.decide(lab.as(REX), approvalId, { meaning: 'authored' }));
    expect(refused).toMatchObject({ code: 'meaning-does-not-fit', kind: 'invalid', field: 'meaning' });
    expect(lab.signer.made).toEqual([]);
    expect(await lab.decide(lab.as(REX), approvalId, { meaning: 'reviewed' })).toMatchObject({
      state: 'open',
    });
  });
});
