import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { CustodyError } from '../../../core/index.js';
import { AccessPolicy } from '../../../http/index.js';
import { versionResource } from '../../model/catalogue.js';
import { PROMOTION_REQUIRED } from '../../model/decide-stage.js';
import { Models } from '../../model/models.js';
import { stageOf } from '../../stage.js';
import { VersionView, versionView } from '../../view.js';
import { TransitionStage } from './transition-stage.command.js';

@CommandHandler(TransitionStage)
export class TransitionStageHandler implements ICommandHandler<TransitionStage> {
  constructor(
    private readonly models: Models,
    private readonly access: AccessPolicy,
  ) {}

  /**
   * Whether Production is touched is certain only inside the decision, so that is where the right is
   * missed; it is then asked for, and the decision taken again.
   */
  async execute({ context, input }: TransitionStage): Promise<VersionView> {
    const { name, version, archiveExisting } = input;
    const asked = { type: 'transition' as const, version, stage: stageOf(input.stage), archiveExisting };
    const modelId = await this.models.find(name);
    const decide = (mayPromote: boolean) => this.models.decideOn(modelId, name, { ...asked, mayPromote }, context);
    const { state } = await decide(false).catch(async (error: unknown) => {
      if (!(error instanceof CustodyError && error.code === PROMOTION_REQUIRED)) throw error;
      await this.access.assert(context, 'model:promote', versionResource({ modelId, name, version }));
      return decide(true);
    });
    return versionView(name, state.versions.get(version)!);
  }
}
