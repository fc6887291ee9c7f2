import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ApprovalRules,
  approvalsEvents,
  ApprovalsCoreModule,
  ApprovalsModule,
  approvalsProjections,
  DecideApproval,
  GetApproval,
  Signer,
  SignerAccounts,
} from '../../approvals/index.js';
import { TestAccounts } from '../../approvals/testing/test-accounts.js';
import { TestSigner } from '../../approvals/testing/test-signer.js';
import { artifactsEvents, ArtifactsModule } from '../../artifacts/index.js';
import { RoomLab, TestPolicy } from '../../artifacts/testing/room-lab.js';
import { CommandContext, errors, FixedClock, PersonalData, Role, UserId } from '../../core/index.js';
import { AccessPolicy } from '../../http/index.js';
import { Ledger, LEDGER } from '../../ledger/index.js';
import {
  CreateModelVersion,
  DeleteModelVersion,
  PromotionRule,
  PromotionRules,
  registryEvents,
  RegistryModule,
  registryProjections,
  RegisterModel,
  RenameModel,
  TransitionStage,
} from '../index.js';
import { codeOf, FlakyLedger } from '../testing/registry-lab.js';

const ANA = 'u-ana' as UserId;
const REX = 'u-rex' as UserId;
const ONE_REVIEWER: ApprovalRules = {
  order: 'parallel',
  steps: [{ role: 'reviewer', approvals: 1 }],
  expiresAfterHours: 24,
  excluded: [],
};

class TestRules extends PromotionRules {
  rule: PromotionRule | undefined = { rules: ONE_REVIEWER, gates: [] };
  async of() {
    return this.rule;
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

describe('a promotion that needs approval', () => {
  let room: RoomLab;
  let rules: TestRules;
  const faults = new FlakyLedger();
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
        { provide: SignerAccounts, useClass: TestAccounts },
        { provide: PersonalData, useClass: NoSeals },
        { provide: LEDGER, useFactory: () => inner },
      ],
      ledger: (memory) => (inner = faults.around(memory)),
    });
    await room.commands.execute(new RegisterModel(as(ANA), { name: 'detector' }));
    await room.commands.execute(new CreateModelVersion(as(ANA), { name: 'detector', source: 's3://bucket/m' }));
  });
  afterEach(() => room.close());

  const as = (id: UserId, roles: readonly Role[] = ['reviewer']): CommandContext =>
    room.context({ actor: { id, kind: 'person', via: 'password', roles } });
  const move = (stage = 'Production') =>
    room.commands.execute(new TransitionStage(as(ANA), { name: 'detector', version: 1, stage, archiveExisting: true }));
  const types = async () => (await room.events()).map(({ type }) => type);
  const requested = async () => {
    expect(await codeOf(move())).toBe('approval-required');
    return (await room.events()).findLast(({ type }) => type === 'ApprovalRequested')!.data['approvalId'] as string;
  };
  const approve = async (approvalId: string) => {
    const { approval } = await room.queries.execute(new GetApproval(as(REX), approvalId));
    const { digest } = approval.dossier;
    const decision = {
      decision: 'approve',
      meaning: 'approved',
      reason: 'checked',
      credentials: { password: 'right' },
    } as const;
    return room.commands.execute(new DecideApproval(as(REX), { approvalId, digest, ...decision }));
  };
  const moves = async () => (await types()).filter((type) => type === 'ModelVersionStageChanged').length;

  it('is requested, recorded as refused, and done by the approval', async () => {
    const approvalId = await requested();
    expect(policy.refused).toMatchObject([{ by: ANA, code: 'approval-required', resource: { kind: 'model-version' } }]);
    expect(await approve(approvalId)).toMatchObject({ state: 'carried-out' });
    expect(await moves()).toBe(1);
    await move();
    expect(await moves()).toBe(1);
  });

  it('is not requested where no rule is in force, or the move is refused anyway', async () => {
    const missing = new TransitionStage(as(ANA), {
      name: 'detector',
      version: 9,
      stage: 'Production',
      archiveExisting: true,
    });
    expect(await codeOf(room.commands.execute(missing))).toBe('version-not-found');
    rules.rule = undefined;
    await move();
    expect(await types()).not.toContain('ApprovalRequested');
    expect(await moves()).toBe(1);
  });

  it('waits for its gates: what does not pass is said, and no request is made', async () => {
    const gate = { gate: 'metrics', passed: false, why: 'test_f1 is 0.82, at least 0.85 is needed' };
    rules.rule = { rules: ONE_REVIEWER, gates: [gate] };
    await expect(move()).rejects.toMatchObject({ code: 'gates-not-passed', message: expect.stringMatching(/0\.82/) });
    expect(await types()).not.toContain('ApprovalNumbered');
    expect(policy.refused).toMatchObject([{ code: 'gates-not-passed' }]);
  });

  it('comes to nothing when a gate does not pass any more once it is approved', async () => {
    const approvalId = await requested();
    const { of } = rules;
    const gate = { gate: 'freeze', passed: false, why: 'nothing moves before the audit' };
    rules.of = async (...asked) =>
      (asked as readonly unknown[])[2] === 'explanation' ? of.call(rules) : { rules: ONE_REVIEWER, gates: [gate] };
    const answer = await approve(approvalId);
    expect(answer).toMatchObject({ state: 'void', why: expect.stringMatching(/nothing moves before the audit/) });
    expect(await moves()).toBe(0);
  });

  it('is void when the policy that asked for it is withdrawn, and when its version is deleted', async () => {
    const first = await requested();
    rules.rule = undefined;
    expect(await codeOf(approve(first))).toBe('approval-closed');
    rules.rule = { rules: ONE_REVIEWER, gates: [] };
    const second = await requested();
    expect(second).not.toBe(first);
    await room.commands.execute(new DeleteModelVersion(as(ANA), { name: 'detector', version: 1 }));
    expect(await codeOf(approve(second))).toBe('approval-closed');
    expect((await types()).filter((type) => type === 'ApprovalVoided')).toHaveLength(2);
  });

  it('is done when it is asked for again and a policy has made it easier, and never answered with an empty sentence', async () => {
    rules.rule = { rules: { ...ONE_REVIEWER, steps: [{ role: 'reviewer', approvals: 2 }] }, gates: [] };
    const approvalId = await requested();
    expect(await approve(approvalId)).toMatchObject({ state: 'open' });
    rules.rule = { rules: ONE_REVIEWER, gates: [] };
    await move();
    expect(await moves()).toBe(1);
    const moved = (await room.events()).find(({ type }) => type === 'ModelVersionStageChanged')!;
    expect(moved).toMatchObject({ actor: { id: REX }, data: { approvalId } });
    expect((await types()).filter((type) => type === 'ApprovalRequested')).toHaveLength(1);
  });

  it('is about the model, whatever it is called by now', async () => {
    const approvalId = await requested();
    await room.commands.execute(new RenameModel(as(ANA), { name: 'detector', newName: 'screener' }));
    await room.commands.execute(new RegisterModel(as(ANA), { name: 'detector' }));
    expect(await approve(approvalId)).toMatchObject({ state: 'carried-out' });
    const [done] = (await room.events()).filter(({ type }) => type === 'ModelVersionStageChanged');
    expect(done).toMatchObject({ data: { name: 'screener', version: 1 }, actor: { id: REX } });
  });

  it.each([
    ['before the version moved', ['pass', 'before']],
    ['after the version moved, before that was noted', ['pass', 'pass', 'before']],
    ['after the version moved, with the answer lost', ['pass', 'after']],
  ] as const)('is done once when the server dies %s', async (_, steps) => {
    const approvalId = await requested();
    // The request's tags are told in the background: once they are there nobody else appends.
    while (!(await types()).includes('ModelVersionTagSet')) await new Promise((later) => setTimeout(later, 5));
    faults.plan(...steps);
    await expect(approve(approvalId)).rejects.toThrow(/died/);
    while (!(await types()).includes('ApprovalCarriedOut')) await new Promise((later) => setTimeout(later, 5));
    expect(await moves()).toBe(1);
    const all = await types();
    expect(all.filter((type) => type === 'ApprovalGranted')).toHaveLength(1);
    expect(all.filter((type) => type === 'ApprovalCarriedOut')).toHaveLength(1);
  });

  it('is not done while nobody can tell which rules are in force', async () => {
    rules.of = async () => {
      throw errors.unavailable('policies-away', 'the policies can’t be read now');
    };
    expect(await codeOf(move())).toBe('policies-away');
    expect(await moves()).toBe(0);
  });
});
