import { Injectable, Optional } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Approvals, approvalsOf, progressOf, RequestApproval, Subject } from '../../approvals/index.js';
import { CommandContext, never } from '../../core/index.js';
import { AccessPolicy } from '../../http/index.js';
import { versionResource } from '../model/catalogue.js';
import { modelDecider } from '../model/decide.js';
import { Asked, Models } from '../model/models.js';
import { Sources } from '../model/sources.js';
import { actionJson, MODEL_VERSION, PromotionAction, promotionOf, titleOf } from './actions.js';
import { NoPromotionRules, PromotionRule, PromotionRules } from './promotion-rules.js';

/** Stands before each promotion: where the rules want an approval, it is requested instead of done. */
@Injectable()
export class Approving {
  private readonly rules: PromotionRules;

  constructor(
    private readonly models: Models,
    private readonly sources: Sources,
    private readonly access: AccessPolicy,
    private readonly commands: CommandBus,
    @Optional() rules?: PromotionRules,
    @Optional() private readonly approvals?: Approvals,
  ) {
    this.rules = rules ?? new NoPromotionRules();
  }

  /**
   * Comes back where no approval is needed, or nothing would change.
   * @throws CustodyError kind `denied` with the number of the request, who can approve it and where
   */
  async unlessNeeded(context: CommandContext, action: PromotionAction): Promise<void> {
    if (!(await this.changes(action))) return;
    const rule = await this.rules.of(context, promotionOf(action));
    if (!rule) return;
    await this.assertGates(context, action, rule);
    await this.ready(context, action);
    const { approvalId, number } = await this.commands.execute(
      new RequestApproval(context, { kind: MODEL_VERSION, ...this.asked(action) }),
    );
    const message =
      `${titleOf(action)} needs approval: request ${number} (${approvalId}) is open and waits for ` +
      `${await this.waitsFor(approvalId)}. They see and decide it by custody approvals show ${number}, or at /api/v1/approvals/${approvalId}`;
    await this.access.refuse(context, {
      action: 'model:promote',
      code: 'approval-required',
      message,
      resource: versionResource(action),
    });
  }

  asked(action: PromotionAction): { readonly action: ReturnType<typeof actionJson>; subject: Subject; title: string } {
    return { action: actionJson(action), subject: subjectOf(action), title: titleOf(action) };
  }

  /** What is reviewed is what is served: the files can't change from here on. */
  async ready(context: CommandContext, { modelId, name, version }: PromotionAction): Promise<void> {
    const sealed = await this.sources.sealVersion(context, name, version);
    await this.models.decideOn(modelId, name, { type: 'seal-version', version, ...sealed }, context);
  }

  async assertGates(context: CommandContext, action: PromotionAction, { gates }: PromotionRule): Promise<void> {
    const failed = gates.filter(({ passed }) => !passed);
    if (failed.length === 0) return;
    const why = failed.map(({ gate, why: reason }) => `${gate}: ${reason}`).join('; ');
    await this.access.refuse(context, {
      action: 'model:promote',
      code: 'gates-not-passed',
      message: `${titleOf(action)} is not possible yet: ${why}`,
      resource: versionResource(action),
    });
  }

  /** A move that changes nothing needs nobody; one that is refused anyway is refused by the move itself. */
  async changes(action: PromotionAction): Promise<boolean> {
    const model = await this.models.load(action.modelId);
    const { modelId, name } = action;
    const decision = modelDecider.decide({ ...moveOf(action), modelId, name, at: 0 }, model);
    return decision.ok && decision.events.length > 0;
  }

  private async waitsFor(approvalId: string): Promise<string> {
    const approval = await this.approvals?.get(approvalId);
    if (!approval) throw new Error('where an approval was requested there are approvals');
    const { missing } = progressOf(approval.rules, approvalsOf(approval));
    return missing.map(({ role, approvals: more }) => `${more} ${role}${more > 1 ? 's' : ''}`).join(' and ');
  }
}

/** The move itself, by somebody who may. */
export function moveOf(action: PromotionAction): Asked {
  const { version } = action;
  switch (action.type) {
    case 'stage': {
      const { stage, archiveExisting } = action;
      return { type: 'transition', version, stage, archiveExisting, mayPromote: true };
    }
    case 'alias':
      return { type: 'set-alias', version, alias: action.alias, mayPromote: true };
    case 'delete-alias':
      return { type: 'delete-alias', alias: action.alias, mayPromote: true };
    default:
      return never(action);
  }
}

const subjectOf = ({ modelId, version }: PromotionAction): Subject => ({
  kind: MODEL_VERSION,
  id: `${modelId}/${version}`,
});
