import { Injectable } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { rootUri } from '../artifacts/index.js';
import { CommandContext, LoggedModelId, RunId } from '../core/index.js';
import { KnownLoggedModel, LoggedModelMetric, LoggedModels } from '../registry/index.js';
import { FindLoggedModelOfRun, GetLoggedModel, LoggedModelReader, NoteModelVersion } from '../tracking/index.js';

/** The registry's port, filled by the room that keeps logged models: what it is from the log, its metrics from the read model. */
@Injectable()
export class TrackedModels extends LoggedModels {
  constructor(
    private readonly reader: LoggedModelReader,
    private readonly queries: QueryBus,
    private readonly commands: CommandBus,
  ) {
    super();
  }

  async find(loggedModelId: string): Promise<KnownLoggedModel | undefined> {
    const model = await this.reader.load(loggedModelId);
    if (!model || model.lifecycle === 'deleted') return undefined;
    const { id, experimentId, sourceRunId, params } = model;
    return {
      experimentId,
      artifactUri: rootUri({ experimentId, runId: id }),
      ...(sourceRunId === undefined ? {} : { sourceRunId }),
      params: [...params],
      metrics: await this.metricsOf(id),
    };
  }

  ofRun(runId: RunId, name: string): Promise<LoggedModelId | undefined> {
    return this.queries.execute(new FindLoggedModelOfRun(runId, name));
  }

  async noteVersion(
    context: CommandContext,
    loggedModelId: string,
    version: { readonly name: string; readonly version: number },
  ): Promise<void> {
    await this.commands.execute(new NoteModelVersion(context, { modelId: loggedModelId as LoggedModelId, ...version }));
  }

  /** None for a model that the read model does not know yet. */
  private async metricsOf(id: LoggedModelId): Promise<readonly LoggedModelMetric[]> {
    const view = await this.queries.execute(new GetLoggedModel(id)).catch(() => undefined);
    return (view?.metrics ?? []).map(({ key, value, is_nan, timestamp, step }) => ({
      key,
      value: is_nan ? NaN : value,
      timestamp,
      step,
    }));
  }
}
