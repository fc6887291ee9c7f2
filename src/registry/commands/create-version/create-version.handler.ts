import { Optional } from '@nestjs/common';
import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { errors } from '../../../core/index.js';
import { LoggedModels } from '../../logged-models.js';
import { Models } from '../../model/models.js';
import { Sources } from '../../model/sources.js';
import { brought, namedModel } from '../../rules.js';
import { viewAfter } from '../../view.js';
import { CreateModelVersion, CreateModelVersionInput, CreateModelVersionResult } from './create-version.command.js';

const MAX_REQUEST_KEY = 200;
const MAX_RUN_LINK = 2048;

@CommandHandler(CreateModelVersion)
export class CreateModelVersionHandler implements ICommandHandler<CreateModelVersion> {
  constructor(
    private readonly models: Models,
    private readonly sources: Sources,
    @Optional() private readonly loggedModels?: LoggedModels,
  ) {}

  async execute({ context, input }: CreateModelVersion): Promise<CreateModelVersionResult> {
    const name = namedModel(input.name);
    const requestKey = checked(input.requestKey ?? context.idempotencyKey, MAX_REQUEST_KEY, 'request_key');
    const accepted = await this.accepted(input);
    // As MLflow does: where a version comes from is settled before the model is looked for.
    const modelId = await this.models.find(name);
    const storage = await this.sources.seal(context, accepted);
    const sealed = storage === undefined ? {} : { storage };
    const asked = { type: 'create-version' as const, ...accepted, ...sealed, requestKey };
    const { state, events } = await this.models.decideOn(modelId, name, asked, context);
    const created = events.find((event) => event.type === 'ModelVersionCreated');
    const version = created?.data.version ?? state.requests.get(requestKey!)!;
    const found = state.versions.has(version) ? { view: viewAfter(name, state, version) } : {};
    const loggedModelId = state.versions.get(version)?.loggedModelId;
    if (loggedModelId !== undefined) await this.loggedModels?.noteVersion(context, loggedModelId, { name, version });
    return { modelId, name, version, ...found };
  }

  private async accepted(input: CreateModelVersionInput) {
    const { source, runId, loggedModelId } = input;
    const { description, tags } = brought(input);
    const runLink = checked(input.runLink, MAX_RUN_LINK, 'run_link');
    const accepted = await this.sources.accept({ source, runId, loggedModelId, tags });
    return { ...accepted, runLink, description, tags };
  }
}

function checked(text: string | undefined, most: number, field: string): string | undefined {
  if (text === undefined || text === '') return undefined;
  if (text.length > most)
    throw errors.invalid(
      'invalid-parameter',
      `Invalid value for parameter '${field}': it is longer than ${most} characters`,
      field,
    );
  return text;
}
