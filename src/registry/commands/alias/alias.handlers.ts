import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { aliasName, newAlias } from '../../alias.js';
import { Approving } from '../../approval/approving.js';
import { modelResource, versionResource } from '../../model/catalogue.js';
import { Models } from '../../model/models.js';
import { Promoting } from '../../model/promoting.js';
import { Sources } from '../../model/sources.js';
import { DeleteModelAlias, SetModelAlias } from './alias.commands.js';

@CommandHandler(SetModelAlias)
export class SetModelAliasHandler implements ICommandHandler<SetModelAlias> {
  constructor(
    private readonly models: Models,
    private readonly sources: Sources,
    private readonly promoting: Promoting,
    private readonly approving: Approving,
  ) {}

  async execute({ context, input: { name, alias: text, version } }: SetModelAlias): Promise<void> {
    const asked = { type: 'set-alias' as const, alias: newAlias(text), version };
    const modelId = await this.models.find(name);
    const { alias } = asked;
    await this.approving.unlessNeeded(context, { type: 'alias', modelId, name, version, alias });
    await this.promoting.decide(context, versionResource({ modelId, name, version }), name, async (mayPromote) => {
      const sealed = mayPromote ? await this.sources.sealVersion(context, name, version) : {};
      return this.models.decideOn(modelId, name, { ...asked, ...sealed, mayPromote }, context);
    });
  }
}

@CommandHandler(DeleteModelAlias)
export class DeleteModelAliasHandler implements ICommandHandler<DeleteModelAlias> {
  constructor(
    private readonly models: Models,
    private readonly promoting: Promoting,
    private readonly approving: Approving,
  ) {}

  async execute({ context, input: { name, alias: text } }: DeleteModelAlias): Promise<void> {
    const asked = { type: 'delete-alias' as const, alias: aliasName(text) };
    const modelId = await this.models.find(name);
    const version = (await this.models.load(modelId)).aliases.get(asked.alias);
    if (version !== undefined) await this.approving.unlessNeeded(context, { ...asked, modelId, name, version });
    await this.promoting.decide(context, modelResource({ modelId, name }), name, (mayPromote) =>
      this.models.decideOn(modelId, name, { ...asked, mayPromote }, context),
    );
  }
}
