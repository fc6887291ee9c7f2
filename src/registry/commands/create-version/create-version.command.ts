import { Command } from '@nestjs/cqrs';
import { CommandContext, ModelId } from '../../../core/index.js';
import { VersionView } from '../../view.js';

export interface CreateModelVersionInput {
  readonly name: string;
  readonly source: string;
  /** Taken from the source when that names the run; if given, it must be that run. */
  readonly runId?: string;
  /** Likewise for the logged model that the version is made from. */
  readonly loggedModelId?: string;
  readonly runLink?: string;
  readonly description?: string;
  readonly tags?: readonly { readonly key: string; readonly value?: string }[];
  /** The same key again answers the same version, whatever else is different. */
  readonly requestKey?: string;
}

export interface CreateModelVersionResult {
  readonly modelId: ModelId;
  readonly name: string;
  readonly version: number;
  /** Not there when the version was deleted since. */
  readonly view?: VersionView;
}

export class CreateModelVersion extends Command<CreateModelVersionResult> {
  constructor(
    readonly context: CommandContext,
    readonly input: CreateModelVersionInput,
  ) {
    super();
  }
}
