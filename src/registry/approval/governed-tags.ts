import { Injectable, Optional } from '@nestjs/common';
import { CommandContext } from '../../core/index.js';
import { AccessPolicy } from '../../http/index.js';
import { modelResource, versionResource } from '../model/catalogue.js';
import { Models } from '../model/models.js';
import { isGovernedTag } from './governed-tag.js';
import { NoPromotionRules, PromotionRules } from './promotion-rules.js';

/** Where approvals are in force, tags that tell of them are the workflow's own: nobody else sets or deletes one. */
@Injectable()
export class GovernedTags {
  private readonly rules: PromotionRules;

  constructor(
    private readonly models: Models,
    private readonly access: AccessPolicy,
    @Optional() rules?: PromotionRules,
  ) {
    this.rules = rules ?? new NoPromotionRules();
  }

  /** @throws CustodyError kind `denied` */
  async assertFree(
    context: CommandContext,
    { name, version }: { readonly name: string; readonly version?: number },
    keys: readonly string[],
  ): Promise<void> {
    const key = keys.find(isGovernedTag);
    if (key === undefined) return;
    const modelId = await this.models.holder(name);
    const model = modelId === undefined ? undefined : await this.models.load(modelId);
    const some = version ?? model?.versions.keySeq().max();
    const governed = {
      name,
      ...(modelId === undefined ? {} : { modelId }),
      ...(some === undefined ? {} : { version: some }),
    };
    if (!(await this.rules.governs(context, governed))) return;
    const id = modelId ?? name;
    await this.access.refuse(context, {
      action: 'model:write',
      code: 'governed-tag',
      message: `the tag ${key} of ${name} is written by the approval workflow only: request an approval to have it set`,
      field: 'key',
      resource:
        version === undefined ? modelResource({ modelId: id, name }) : versionResource({ modelId: id, name, version }),
    });
  }
}

export const keysOf = (tags: readonly { readonly key: string }[] | undefined): readonly string[] =>
  (tags ?? []).map(({ key }) => key);
