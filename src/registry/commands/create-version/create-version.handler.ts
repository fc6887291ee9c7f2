import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { existingRun, RunDirectory, runId as runIdOf, writableRun } from '../../../artifacts/index.js';
import { errors, RunId } from '../../../core/index.js';
import { Models } from '../../model/models.js';
import { description, modelName, tagList } from '../../rules.js';
import { parseSource } from '../../source.js';
import { versionView } from '../../view.js';
import { CreateModelVersion, CreateModelVersionInput, CreateModelVersionResult } from './create-version.command.js';

const MAX_REQUEST_KEY = 200;
const MAX_RUN_LINK = 2048;

@CommandHandler(CreateModelVersion)
export class CreateModelVersionHandler implements ICommandHandler<CreateModelVersion> {
  constructor(
    private readonly models: Models,
    private readonly runs: RunDirectory,
  ) {}

  async execute({ context, input }: CreateModelVersion): Promise<CreateModelVersionResult> {
    const name = modelName(input.name);
    const modelId = await this.models.find(name);
    const requestKey = checked(input.requestKey ?? context.idempotencyKey, MAX_REQUEST_KEY, 'request_key');
    const asked = { type: 'create-version' as const, ...(await this.accepted(input)), requestKey };
    const { state, events } = await this.models.decideOn(modelId, name, asked, context);
    const created = events.find((event) => event.type === 'ModelVersionCreated');
    const version = created?.data.version ?? state.requests.get(requestKey!)!;
    const found = state.versions.get(version);
    return { modelId, name, version, ...(found ? { view: versionView(name, found) } : {}) };
  }

  /** A version must come from a run that exists, and from that run's own files when it names any. */
  private async accepted(input: CreateModelVersionInput) {
    const { source, tags = [] } = input;
    const location = parseSource(source);
    const claimed = input.runId ? runIdOf(input.runId) : undefined;
    const named = location.kind === 'run' ? location.runId : undefined;
    if (claimed !== undefined && named !== undefined && claimed !== named) {
      const message = `Invalid model version source: '${source}'. It belongs to run ${named}, not to run ${claimed}.`;
      throw errors.invalid('source-of-another-run', message, 'source');
    }
    const runId: RunId | undefined = named ?? claimed;
    const experimentId = location.kind === 'run' ? location.experimentId : undefined;
    if (runId !== undefined) writableRun(await existingRun(this.runs, { runId, experimentId }), runId);
    const runLink = checked(input.runLink, MAX_RUN_LINK, 'run_link');
    return { source, runId, runLink, description: description(input.description), tags: tagList(tags) };
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
