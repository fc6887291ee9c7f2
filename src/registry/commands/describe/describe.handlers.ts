import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { Models } from '../../model/models.js';
import { description } from '../../rules.js';
import { ModelView, modelView, VersionView, viewAfter } from '../../view.js';
import { DescribeModel, DescribeModelVersion } from './describe.commands.js';

@CommandHandler(DescribeModel)
export class DescribeModelHandler implements ICommandHandler<DescribeModel> {
  constructor(private readonly models: Models) {}

  async execute({ context, input: { name, description: text } }: DescribeModel): Promise<ModelView> {
    const asked = { type: 'describe' as const, description: description(text) ?? '' };
    return modelView(name, (await this.models.decide(name, asked, context)).state);
  }
}

@CommandHandler(DescribeModelVersion)
export class DescribeModelVersionHandler implements ICommandHandler<DescribeModelVersion> {
  constructor(private readonly models: Models) {}

  async execute({ context, input: { name, version, description: text } }: DescribeModelVersion): Promise<VersionView> {
    const asked = { type: 'describe-version' as const, version, description: description(text) ?? '' };
    const { state } = await this.models.decide(name, asked, context);
    return viewAfter(name, state, version);
  }
}
