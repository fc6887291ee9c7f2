import { CommandBus, CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { RequestApproval } from '../../approvals/index.js';
import { CommandContext } from '../../core/index.js';
import { CaughtUp } from '../dry-run/caught-up.js';
import { DryRuns } from '../dry-run/dry-run.js';
import { POLICY, PolicyAction } from '../policy/approval.js';
import { inForce, Policies } from '../policy/policies.js';
import { Asked, Drafted, DraftPolicy, ProposePolicy, RetirePolicy } from './policies.commands.js';

@CommandHandler(DraftPolicy)
export class DraftPolicyHandler implements ICommandHandler<DraftPolicy> {
  constructor(private readonly policies: Policies) {}

  async execute({ context, source }: DraftPolicy): Promise<Drafted> {
    const { name, version, digest } = await this.policies.draft(context, source);
    return { name, version, digest };
  }
}

@CommandHandler(ProposePolicy)
export class ProposePolicyHandler implements ICommandHandler<ProposePolicy> {
  constructor(
    private readonly policies: Policies,
    private readonly dryRuns: DryRuns,
    private readonly readModels: CaughtUp,
    private readonly commands: CommandBus,
  ) {}

  /** The trial is recorded first, so that it is part of what is approved. After a crash in between, proposing again goes on. */
  async execute({ context, input: { name, version } }: ProposePolicy): Promise<Asked> {
    const { document } = await this.policies.version(name, version);
    await this.readModels.toNow();
    await this.policies.propose(context, name, version, await this.dryRuns.run(document));
    const action = { type: 'publish', name, version } as const;
    return request(this.commands, context, action, `Publish policy ${name} version ${version}`);
  }
}

@CommandHandler(RetirePolicy)
export class RetirePolicyHandler implements ICommandHandler<RetirePolicy> {
  constructor(
    private readonly policies: Policies,
    private readonly commands: CommandBus,
  ) {}

  async execute({ context, name }: RetirePolicy): Promise<Asked> {
    const { version } = inForce(await this.policies.get(name));
    return request(
      this.commands,
      context,
      { type: 'retire', name, version },
      `Retire policy ${name} version ${version}`,
    );
  }
}

const request = (commands: CommandBus, context: CommandContext, action: PolicyAction, title: string): Promise<Asked> =>
  commands.execute(
    new RequestApproval(context, {
      kind: POLICY,
      action: { ...action },
      subject: { kind: POLICY, id: action.name },
      title,
      ...(context.reason === undefined ? {} : { comment: context.reason }),
    }),
  );
