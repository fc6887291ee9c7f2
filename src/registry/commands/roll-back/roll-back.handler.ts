import { Logger, Optional } from '@nestjs/common';
import { CommandBus, CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { RequestApproval } from '../../../approvals/index.js';
import { CommandContext, hexId } from '../../../core/index.js';
import { NoPromotionRules, PromotionRules } from '../../approval/promotion-rules.js';
import { RolledBack } from '../../model/events.js';
import { Models } from '../../model/models.js';
import { aliasesOf, inStage } from '../../model/state.js';
import { owedReview } from '../../rollback-review/owed-review.js';
import { viewAfter } from '../../view.js';
import { RollBack, RolledBackTo } from './roll-back.command.js';

@CommandHandler(RollBack)
export class RollBackHandler implements ICommandHandler<RollBack> {
  private readonly logger = new Logger(RollBackHandler.name);
  private readonly rules: PromotionRules;

  constructor(
    private readonly models: Models,
    private readonly commands: CommandBus,
    @Optional() rules?: PromotionRules,
  ) {
    this.rules = rules ?? new NoPromotionRules();
  }

  /** A bad model is taken out at once, by whoever may promote. Where approvals are in force, that is looked at afterwards. */
  async execute({ context, input: { name } }: RollBack): Promise<RolledBackTo> {
    const command = { type: 'roll-back' as const, ...(await this.owing(context, name)) };
    const { state, events } = await this.models.decide(name, command, context);
    const [event] = events;
    if (event?.type !== 'ModelVersionRolledBack') throw new Error('a rollback that was accepted has an event');
    const { version, archived } = event.data;
    const moved = events.flatMap(({ type, data }) => (type === 'RegisteredModelAliasSet' ? [data.alias] : []));
    const left = archived.flatMap((gone) => aliasesOf(state, gone));
    const aliases = { moved, left };
    return { version: viewAfter(name, state, version), archived, aliases, ...(await this.review(context, event.data)) };
  }

  private async owing(context: CommandContext, name: string): Promise<{ readonly rollbackId?: string }> {
    const modelId = await this.models.find(name);
    const version = inStage(await this.models.load(modelId), 'Production').at(-1);
    if (!(await this.rules.governs(context, { modelId, name, version }))) return {};
    const { idempotencyKey: key } = context;
    return { rollbackId: key === undefined ? hexId() : hexId('rollback', modelId, key) };
  }

  /** What is done is done: a review that can't be opened now is opened by the reactor. */
  private async review(context: CommandContext, data: RolledBack): Promise<Pick<RolledBackTo, 'review'>> {
    const owed = owedReview(data);
    if (!owed) return {};
    try {
      const { approvalId, number } = await this.commands.execute(new RequestApproval(context, owed));
      return { review: { approvalId, number } };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.logger.warn(`the review of a rollback could not be opened yet: ${why}`);
      return {};
    }
  }
}
