import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UserId } from '../core/index.js';
import { ListApprovals } from './index.js';
import { ApprovalsLab, REX, RIA } from './testing/approvals-lab.js';

describe('an open request, after something that it depends on has happened', () => {
  let lab: ApprovalsLab;
  let approvalId: string;
  beforeEach(async () => {
    lab = await ApprovalsLab.open({ graceMs: 0 });
    ({ approvalId } = await lab.request());
  });
  afterEach(() => lab.close());

  const ofRequest = async (id = approvalId) =>
    (await lab.room.events()).filter(({ stream }) => stream === `approval-${id}`).map(({ type }) => type);

  it('is void when its subject is gone, with what did it in the trail, and others are not touched', async () => {
    const other = await lab.request(undefined, { name: 'back' });
    lab.door.gone = true;
    await lab.happened('DoorChanged', { name: 'front' });
    await lab.until('ApprovalVoided');
    const events = await lab.room.events();
    const changed = events.find(({ type }) => type === 'DoorChanged')!;
    expect(events.at(-1)).toMatchObject({
      type: 'ApprovalVoided',
      stream: `approval-${approvalId}`,
      actor: { kind: 'system' },
      causationId: changed.id,
      correlationId: changed.correlationId,
      data: { code: 'door-not-found', why: 'there is no such door' },
    });
    expect(await ofRequest(other.approvalId)).toEqual(['ApprovalRequested']);
  });

  it('waits for those whom the rules ask now, in their lists too, before anybody has looked at it', async () => {
    lab.door.rulesNow = { ...lab.door.rulesNow, steps: [{ role: 'privacy-officer', approvals: 1 }] };
    await lab.happened('DoorChanged', { name: 'front' });
    await lab.until('ApprovalRulesChanged');
    await lab.room.projector.catchUp();
    const toDecide = async (userId: UserId, role: 'privacy-officer' | 'reviewer') => {
      const mine = { what: 'to-decide', userId, roles: [role] } as const;
      return (await lab.room.queries.execute(new ListApprovals({ limit: 10, mine }))).approvals.length;
    };
    expect([await toDecide(RIA, 'privacy-officer'), await toDecide(RIA, 'reviewer')]).toEqual([1, 0]);
  });

  it('is granted and carried out once, when what was signed is enough by now', async () => {
    await lab.decide(lab.as(REX), approvalId);
    lab.door.rulesNow = { ...lab.door.rulesNow, steps: [{ role: 'reviewer', approvals: 1 }] };
    await lab.happened('DoorChanged', { name: 'front' });
    await lab.until('ApprovalCarriedOut');
    expect(lab.door.opened).toMatchObject([{ context: { actor: { id: REX } } }]);
    expect(await ofRequest()).toEqual([
      'ApprovalRequested',
      'ApprovalSigned',
      'ApprovalRulesChanged',
      'ApprovalGranted',
      'ApprovalCarriedOut',
    ]);
  });

  it('waits for another one, when the account of somebody who signed is disabled', async () => {
    await lab.decide(lab.as(REX), approvalId);
    await lab.room.projector.catchUp();
    lab.accounts.disabled.add(REX);
    await lab.happened('AccountChanged', { userId: REX });
    await lab.until('ApprovalSignersChanged');
    expect(await lab.decide(lab.as(RIA), approvalId)).toMatchObject({ state: 'open' });
  });

  it('is looked at again when it could not be, and nothing is written where nothing has changed', async () => {
    const rules = lab.door.rules.bind(lab.door);
    let failures = 0;
    lab.door.rules = async () => {
      if (++failures < 3) throw new Error('the disk is away');
      return rules();
    };
    await lab.happened('DoorChanged', { name: 'front' });
    while (failures < 3) await new Promise((later) => setTimeout(later, 5));
    lab.door.rules = rules;
    lab.door.gone = true;
    await lab.happened('DoorChanged', { name: 'front' });
    await lab.until('ApprovalVoided');
    expect(await ofRequest()).toEqual(['ApprovalRequested', 'ApprovalVoided']);
  });
});
