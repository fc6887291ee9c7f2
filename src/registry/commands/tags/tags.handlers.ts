import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { GovernedTags } from '../../approval/governed-tags.js';
import { Models } from '../../model/models.js';
import { tag, tagKey } from '../../rules.js';
import { DeleteRegistryTag, SetRegistryTag } from './tags.commands.js';

@CommandHandler(SetRegistryTag)
export class SetRegistryTagHandler implements ICommandHandler<SetRegistryTag> {
  constructor(
    private readonly models: Models,
    private readonly governed: GovernedTags,
  ) {}

  async execute({ context, input }: SetRegistryTag): Promise<void> {
    const { name, version } = input;
    const [key, value] = tag(input.key, input.value);
    await this.governed.assertFree(context, input, [key]);
    const asked =
      version === undefined
        ? { type: 'set-tag' as const, key, value }
        : { type: 'set-version-tag' as const, version, key, value };
    await this.models.decide(name, asked, context);
  }
}

@CommandHandler(DeleteRegistryTag)
export class DeleteRegistryTagHandler implements ICommandHandler<DeleteRegistryTag> {
  constructor(
    private readonly models: Models,
    private readonly governed: GovernedTags,
  ) {}

  async execute({ context, input }: DeleteRegistryTag): Promise<void> {
    const { name, version } = input;
    const key = tagKey(input.key);
    await this.governed.assertFree(context, input, [key]);
    const asked =
      version === undefined
        ? { type: 'delete-tag' as const, key }
        : { type: 'delete-version-tag' as const, version, key };
    await this.models.decide(name, asked, context);
  }
}
