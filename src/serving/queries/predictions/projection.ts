import { microsToMillis, RecordedEvent } from '../../../core/index.js';
import { DdlBuilder, param, Projection, sqlBuilder } from '../../../projection/index.js';
import { PredictionsMade } from '../../prediction/events.js';
import { Predictions, ServingTables } from './table.js';

const COLUMNS = {
  prediction_id: 'text',
  position: 'integer',
  model_id: 'text',
  name: 'text',
  version: 'integer',
  stage: 'text',
  run_id: 'text',
  model_sha256: 'text',
  inputs_sha256: 'text',
  made_at: 'integer',
  actor_id: 'text',
  reason: 'text',
  sample_count: 'integer',
  high_risk: 'text',
  details: 'text',
} as const satisfies Record<keyof Predictions, 'text' | 'integer'>;

const OPTIONAL: readonly string[] = ['run_id', 'reason'];

function createTable(ddl: DdlBuilder) {
  let table = ddl.createTable('predictions').addPrimaryKeyConstraint('predictions_pk', ['prediction_id'] as never[]);
  for (const [name, type] of Object.entries(COLUMNS)) {
    table = table.addColumn(name, type, (column) => (OPTIONAL.includes(name) ? column : column.notNull()));
  }
  return table.compile();
}

export const predictionsProjection: Projection = {
  name: 'serving.predictions',
  version: 1,
  tables: ['predictions'],
  schema: (ddl) => [
    createTable(ddl),
    ddl.createIndex('predictions_by_position').on('predictions').column('position').compile(),
    ddl.createIndex('predictions_by_model').on('predictions').columns(['model_id', 'position']).compile(),
    ddl.createIndex('predictions_by_name').on('predictions').columns(['name', 'position']).compile(),
  ],
  prepare: (statements) => {
    const values = Object.fromEntries(
      Object.keys(COLUMNS).map((name) => [name, param(name)]),
    ) as unknown as Predictions;
    const insert = statements.write(sqlBuilder<ServingTables>().insertInto('predictions').values(values));
    return (event) => {
      if (event.type === ('PredictionsMade' satisfies PredictionsMade['type'])) insert({ ...rowOf(event) });
    };
  },
};

function rowOf(event: RecordedEvent): Predictions {
  const data = event.data as unknown as PredictionsMade['data'];
  const { features, samples, results } = data;
  return {
    prediction_id: data.predictionId,
    position: event.position,
    model_id: data.modelId,
    name: data.name,
    version: data.version,
    stage: data.stage,
    run_id: data.runId ?? null,
    model_sha256: data.modelSha256,
    inputs_sha256: data.inputsSha256,
    made_at: microsToMillis(event.recordedAt),
    actor_id: event.actor.id,
    reason: event.reason ?? null,
    sample_count: samples.length,
    high_risk: JSON.stringify(
      samples.filter((_, index) => results[index]?.risk === 'HIGH').map(({ sample_id }) => sample_id),
    ),
    details: JSON.stringify({ features, samples, results }),
  };
}
