import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import type { CommandContext } from '../../../core/index.js';
import { about, Caller, CUSTODY_API, Requires, Strict, ToInt } from '../../../http/index.js';
import { PredictionsMade } from '../../prediction/events.js';
import { GetPrediction, ListPredictions } from './query.js';
import { Predictions } from './table.js';

const DEFAULT_RESULTS = 100;
const MOST_RESULTS = 1000;
const BOUNDS = { message: `must be a whole number from 1 to ${MOST_RESULTS}` };

@Strict()
export class ListPredictionsRequest {
  @IsOptional()
  @IsString({ message: 'must be the name of a model' })
  model?: string;

  @IsOptional()
  @ToInt()
  @IsInt(BOUNDS)
  @Min(1, BOUNDS)
  @Max(MOST_RESULTS, BOUNDS)
  max_results?: number;

  @IsOptional()
  @IsString({ message: 'must be a string' })
  page_token?: string;
}

@ApiTags('serving')
@Controller(CUSTODY_API)
export class PredictionsController {
  constructor(private readonly queries: QueryBus) {}

  @Get('predictions')
  @Requires('model:read', 'seen')
  async list(
    @Caller() { reach }: CommandContext,
    @Query() { model, max_results: maxResults = DEFAULT_RESULTS, page_token: pageToken }: ListPredictionsRequest,
  ): Promise<object> {
    const { predictions, nextPageToken } = await this.queries.execute(
      new ListPredictions({ model, within: reach?.models, maxResults, pageToken }),
    );
    return {
      predictions: predictions.map(wire),
      ...(nextPageToken === undefined ? {} : { next_page_token: nextPageToken }),
    };
  }

  /** With inputs and results as they were recorded. */
  @Get('predictions/:id')
  @Requires('model:read', about.predictions('id'))
  async get(@Param('id') id: string): Promise<object> {
    const row = await this.queries.execute(new GetPrediction(id));
    const { features, samples, results } = JSON.parse(row.details) as Pick<
      PredictionsMade['data'],
      'features' | 'samples' | 'results'
    >;
    const inputs = samples.map(({ sample_id, values }) => ({
      sample_id,
      ...Object.fromEntries(features.map((feature, index) => [feature, values[index]])),
    }));
    const predictions = samples.map(({ sample_id }, index) => ({ sample_id, ...results[index] }));
    return { prediction: { ...wire(row), features, inputs, predictions } };
  }
}

const wire = (row: Omit<Predictions, 'details'>) => ({
  prediction_id: row.prediction_id,
  model: { id: row.model_id, name: row.name, version: String(row.version), stage: row.stage, sha256: row.model_sha256 },
  ...(row.run_id === null ? {} : { run_id: row.run_id }),
  inputs_sha256: row.inputs_sha256,
  made_at: row.made_at,
  actor: row.actor_id,
  ...(row.reason === null ? {} : { reason: row.reason }),
  samples: row.sample_count,
  high_risk: JSON.parse(row.high_risk) as string[],
});
