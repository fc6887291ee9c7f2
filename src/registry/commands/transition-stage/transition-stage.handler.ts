import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { Approving } from '../../approval/approving.js';
import { versionResource } from '../../model/catalogue.js';
import { Models } from '../../model/models.js';
import { Promoting } from '../../model/promoting.js';
import { Sources } from '../../model/sources.js';
import { stageOf } from '../../stage.js';
import { VersionView, viewAfter } from '../../view.js';
import { TransitionStage } from './transition-stage.command.js';

@CommandHandler(TransitionStage)
export class TransitionStageHandler implements ICommandHandler<TransitionStage> {
  constructor(
    private readonly models: Models,
    private readonly sources: Sources,
    private readonly promoting: Promoting,
    private readonly approving: Approving,
  ) {}

  async execute({ context, input }: TransitionStage): Promise<VersionView> {
    const { name, version, archiveExisting } = input;
    const asked = { type: 'transition' as const, version, stage: stageOf(input.stage), archiveExisting };
    const modelId = await this.models.find(name);
    const { stage } = asked;
    await this.approving.unlessNeeded(context, { type: 'stage', modelId, name, version, stage, archiveExisting });
    const resource = versionResource({ modelId, name, version });
    const { state } = await this.promoting.decide(context, resource, name, async (mayPromote) => {
      const sealed = mayPromote ? await this.sources.sealVersion(context, name, version) : {};
      return this.models.decideOn(modelId, name, { ...asked, ...sealed, mayPromote }, context);
    });
    return viewAfter(name, state, version);
  }
}
