import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ApprovalRules,
  approvalsEvents,
  ApprovalsCoreModule,
  ApprovalsModule,
  approvalsProjections,
  DecideApproval,
  GetApproval,
  ListApprovals,
  RequestApproval,
  Signer,
  WithdrawApproval,
} from '../../approvals/index.js';
import { TestSigner } from '../../approvals/testing/test-signer.js';
import { artifactsEvents, ArtifactsModule } from '../../artifacts/index.js';
import { RoomLab, TestPolicy } from '../../artifacts/testing/room-lab.js';
import { CommandContext, FixedClock, PersonalData, Role, UserId } from '../../core/index.js';
import { AccessPolicy } from '../../http/index.js';
import { Ledger, LEDGER } from '../../ledger/index.js';
import {
  CreateModelVersion,
  GetLatestVersions,
  Models,
  PromotionRule,
  PromotionRules,
  registryEvents,
  RegistryModule,
  registryProjections,
  RegisterModel,
  RenameModel,
  RollBack,
  type RolledBack,
  TransitionStage,
} from '../index.js';
import { codeOf } from '../testing/registry-lab.js';
import { owedReview } from './owed-review.js';

const REX = 'u-rex' as UserId;
const RIA = 'u-ria' as UserId;
const RULES: ApprovalRules = {
  order: 'parallel',
  steps: [{ role: 'reviewer', approvals: 1 }],
  expiresAfterHours: 24,
  excluded: [],
};

/** Approvals are in force for models whose name begins with `lims_`, from when they are switched on. */
class TestRules extends PromotionRules {
  on = false;
  async of(): Promise<PromotionRule | undefined> {
    return this.on ? { rules: RULES, gates: [] } : undefined;
  }
  override async inForceFor(name: string) {
    return this.on && name.startsWith('lims_') ? ['lims-production'] : [];
  }
}

class NoSeals extends PersonalData {
  seal(subject: string) {
    return { subject, box: 'v1.x.y' };
  }
  unseal(): undefined {
    return undefined;
  }
}

describe('a model under a policy', () => {
  let room: RoomLab;
  let rules: TestRules;
  let policy: TestPolicy;
  beforeEach(async () => {
    rules = new TestRules();
    policy = new TestPolicy();
    let inner: Ledger | undefined;
    room = await RoomLab.open({
      modules: [
        ApprovalsCoreModule.forRoot({ clock: new FixedClock(), graceMs: 200, retryMs: 5 }),
        RegistryModule,
        ApprovalsModule,
        ArtifactsModule,
      ],
      events: [...registryEvents, ...artifactsEvents, ...approvalsEvents],
      projections: [...registryProjections, ...approvalsProjections],
      providers: [
        { provide: AccessPolicy, useValue: policy },
        { provide: PromotionRules, useValue: rules },
        { provide: Signer, useClass: TestSigner },
        { provide: PersonalData, useClass: NoSeals },
        { provide: LEDGER, useFactory: () => inner },
      ],
      ledger: (memory) => (inner = memory),
    });
    await room.commands.execute(new RegisterModel(as(REX), { name: 'lims_detector' }));
    for (const version of [1, 2]) {
      await room.commands.execute(
        new CreateModelVersion(as(REX), { name: 'lims_detector', source: `s3://bucket/${version}` }),
      );
      await promote(version);
    }
    rules.on = true;
  });
  afterEach(() => room.close());

  const as = (id: UserId, roles: readonly Role[] = ['reviewer'], reason = 'calls clean samples contaminated') =>
    room.context({ actor: { id, kind: 'person', via: 'password', roles }, reason });
  const promote = (version: number) =>
    room.commands.execute(
      new TransitionStage(as(REX), { name: 'lims_detector', version, stage: 'Production', archiveExisting: true }),
    );
  const rollBack = (context: CommandContext = as(REX)) =>
    room.commands.execute(new RollBack(context, { name: 'lims_detector' }));
  const open = async () => {
    await room.projector.catchUp();
    return (await room.queries.execute(new ListApprovals({ state: 'open', limit: 10 }))).approvals;
  };
  const decide = async (context: CommandContext, approvalId: string, decision: 'approve' | 'reject' = 'approve') => {
    const { approval } = await room.queries.execute(new GetApproval(context, approvalId));
    return room.commands.execute(
      new DecideApproval(context, {
        approvalId,
        decision,
        meaning: decision === 'approve' ? 'reviewed' : 'rejected',
        reason: 'saw the samples',
        digest: approval.dossier.digest,
        credentials: { password: 'right' },
      }),
    );
  };

  it('is rolled back at once, and a review is open and overdue until somebody else has signed it', async () => {
    const { version, review } = await rollBack();
    expect(version).toMatchObject({ version: 1, stage: 'Production' });
    await room.projector.catchUp();
    const latest = new GetLatestVersions('lims_detector', ['Production']);
    expect(await room.queries.execute(latest)).toMatchObject([{ version: 1 }]);
    expect(await open()).toMatchObject([
      {
        approval_id: review!.approvalId,
        number: review!.number,
        kind: 'rollback-review',
        requester: REX,
        overdue: true,
        title: 'lims_detector was rolled back to version 1',
      },
    ]);
    const shown = await room.queries.execute(new GetApproval(as(RIA), review!.approvalId));
    expect(shown.approval.dossier.content).toMatchObject({
      rolled_back: { by: REX, why: 'calls clean samples contaminated', to_version: 1, archived: [2] },
      version: { number: 1, source: 's3://bucket/1' },
    });
    expect(await codeOf(decide(as(REX), review!.approvalId))).toBe('own-request');
    expect(await codeOf(decide(as(RIA, ['admin']), review!.approvalId))).toBe('approval-role-missing');
    const taken = new WithdrawApproval(as(REX), { approvalId: review!.approvalId });
    expect(await codeOf(room.commands.execute(taken))).toBe('review-not-withdrawn');
    expect(await decide(as(RIA, ['auditor']), review!.approvalId)).toMatchObject({ state: 'carried-out' });
    expect(await open()).toEqual([]);
  });

  it('is reviewed after each rollback by itself, and one that was wrong is rejected', async () => {
    const first = await rollBack();
    rules.on = false;
    await promote(2);
    rules.on = true;
    const second = await rollBack();
    expect(second.review!.approvalId).not.toBe(first.review!.approvalId);
    expect(await open()).toHaveLength(2);
    expect(await decide(as(RIA), first.review!.approvalId, 'reject')).toMatchObject({ state: 'rejected' });
    expect(await open()).toMatchObject([{ approval_id: second.review!.approvalId }]);
  });

  it('gets its review from the log when the server dies after the rollback, and no second one', async () => {
    await room.app
      .get(Models)
      .decide('lims_detector', { type: 'roll-back', rollbackId: '0192f0a8d3f87c1e8b4d6a5f9e0c1b2a' }, as(REX));
    const made = async () => (await room.events()).filter(({ type }) => type === 'ApprovalRequested');
    while ((await made()).length === 0) await new Promise((later) => setTimeout(later, 5));
    expect(await made()).toMatchObject([{ actor: { id: REX }, data: { requester: REX, kind: 'rollback-review' } }]);
    const [listed] = await open();
    expect(await codeOf(decide(as(REX), listed!.approval_id))).toBe('own-request');
    expect(await decide(as(RIA), listed!.approval_id)).toMatchObject({ state: 'carried-out' });
    // The event delivered once more, after all is over.
    const rolledBack = (await room.events()).find(({ type }) => type === 'ModelVersionRolledBack');
    const owed = owedReview(rolledBack!.data as unknown as RolledBack)!;
    const again = await room.commands.execute(new RequestApproval(as(REX), owed));
    expect(again).toMatchObject({ approvalId: listed!.approval_id, state: 'carried-out' });
    expect(await made()).toHaveLength(1);
  });

  it('owes no review where no approvals are in force', async () => {
    rules.on = false;
    expect((await rollBack()).review).toBeUndefined();
    const rolledBack = (await room.events()).find(({ type }) => type === 'ModelVersionRolledBack');
    expect(rolledBack!.data).not.toHaveProperty('rollbackId');
    expect(await open()).toEqual([]);
  });

  const rename = (name: string, newName: string) => room.commands.execute(new RenameModel(as(REX), { name, newName }));

  it('can’t be renamed out of its reach or into it, which is recorded with the way out', async () => {
    await expect(rename('lims_detector', 'detector')).rejects.toMatchObject({
      kind: 'denied',
      code: 'rename-changes-policy',
      field: 'new_name',
      message: expect.stringMatching(/out of the reach of lims-production: .*custody policy publish/),
    });
    await room.commands.execute(new RegisterModel(as(REX), { name: 'screener' }));
    await expect(rename('screener', 'lims_screener')).rejects.toMatchObject({
      message: expect.stringMatching(/into the reach of lims-production/),
    });
    expect(policy.refused).toMatchObject([
      { by: REX, code: 'rename-changes-policy', resource: { kind: 'registered-model', name: 'lims_detector' } },
      { code: 'rename-changes-policy', resource: { name: 'screener' } },
    ]);
    await room.projector.catchUp();
    const latest = new GetLatestVersions('lims_detector', ['Production']);
    expect(await room.queries.execute(latest)).toMatchObject([{ version: 2 }]);
  });

  it('is renamed within its reach, and outside of any, by the right that it took before', async () => {
    expect(await rename('lims_detector', 'lims_screener')).toMatchObject({ name: 'lims_screener' });
    rules.on = false;
    expect(await rename('lims_screener', 'screener')).toMatchObject({ name: 'screener' });
  });
});
