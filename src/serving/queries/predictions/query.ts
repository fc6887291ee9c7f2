import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { errors, NamePattern } from '../../../core/index.js';
import { named, ReadModels } from '../../../projection/index.js';
import { ModelReader } from '../../../registry/index.js';
import { Predictions, ServingTables } from './table.js';

export interface ListPredictionsInput {
  /** Predictions of the model that has this name, or had it when it predicted. */
  readonly model?: string;
  /** Names of models that may be seen. */
  readonly within?: readonly NamePattern[];
  readonly maxResults: number;
  readonly pageToken?: string;
}

export interface PredictionsPage {
  readonly predictions: readonly Omit<Predictions, 'details'>[];
  readonly nextPageToken?: string;
}

/** Newest first. */
export class ListPredictions extends Query<PredictionsPage> {
  constructor(readonly input: ListPredictionsInput) {
    super();
  }
}

/** With all inputs and results. */
export class GetPrediction extends Query<Predictions> {
  constructor(readonly predictionId: string) {
    super();
  }
}

const SUMMARY = [
  'prediction_id',
  'position',
  'model_id',
  'name',
  'version',
  'stage',
  'run_id',
  'model_sha256',
  'inputs_sha256',
  'made_at',
  'actor_id',
  'reason',
  'sample_count',
  'high_risk',
] as const;

@QueryHandler(ListPredictions)
export class ListPredictionsHandler implements IQueryHandler<ListPredictions> {
  constructor(
    private readonly readModels: ReadModels,
    private readonly models: ModelReader,
  ) {}

  async execute({ input: { model, within, maxResults, pageToken } }: ListPredictions): Promise<PredictionsPage> {
    let query = this.readModels
      .db<ServingTables>()
      .selectFrom('predictions')
      .select(SUMMARY)
      .where(named('name', within));
    if (model !== undefined) {
      const modelId = await this.models.find(model);
      query = query.where((eb) =>
        eb.or([eb('name', '=', model), ...(modelId === undefined ? [] : [eb('model_id', '=', modelId)])]),
      );
    }
    if (pageToken !== undefined) query = query.where('position', '<', before(pageToken));
    const rows = await query
      .orderBy('position', 'desc')
      .limit(maxResults + 1)
      .execute();
    const predictions = rows.slice(0, maxResults);
    return {
      predictions,
      ...(rows.length > maxResults ? { nextPageToken: String(predictions.at(-1)!.position) } : {}),
    };
  }
}

@QueryHandler(GetPrediction)
export class GetPredictionHandler implements IQueryHandler<GetPrediction> {
  constructor(private readonly readModels: ReadModels) {}

  async execute({ predictionId }: GetPrediction): Promise<Predictions> {
    const db = this.readModels.db<ServingTables>();
    const row = await db
      .selectFrom('predictions')
      .selectAll()
      .where('prediction_id', '=', predictionId)
      .executeTakeFirst();
    if (!row)
      throw errors.notFound(
        'prediction-not-found',
        `there is no prediction ${predictionId.slice(0, 64)}`,
        'prediction_id',
      );
    return row;
  }
}

function before(token: string): number {
  if (!/^\d{1,15}$/.test(token))
    throw errors.invalid('page-token-invalid', 'page_token must be one that a list answered', 'page_token');
  return Number(token);
}
