import { RecordedEvent, Sealed } from '../../../core/index.js';
import { param, Projection, ProjectionContext, sqlBuilder, Statements } from '../../../projection/index.js';
import { LoggedModelEvent } from '../../logged-model/events.js';
import { RunEvent } from '../../run/events.js';
import { loggedModelUri } from '../../wire.js';
import { ERASED, personalOfLoggedModels } from '../runs/personal.js';
import type { PersonErased } from '../runs/projection.js';
import { loggedModelSchema } from './schema.js';
import { LoggedModelTables } from './table.js';

const sql = sqlBuilder<LoggedModelTables>();

type Seen = RecordedEvent & (LoggedModelEvent | PersonErased | Extract<RunEvent, { type: 'MetricsLogged' }>);

export const loggedModelsProjection: Projection = {
  name: 'tracking.logged-models',
  version: 2,
  tables: [
    'logged_models',
    'logged_model_params',
    'logged_model_tags',
    'logged_model_metrics',
    'logged_model_personal',
  ],
  schema: loggedModelSchema,
  prepare: (statements, context) => {
    const write = prepare(statements);
    return (event) => apply(event as Seen, write, context);
  },
};

function prepare(statements: Statements) {
  const model_id = param<string>('id');
  const at = param<number>('at');
  const texts = (table: 'logged_model_params' | 'logged_model_tags') =>
    statements.write(
      sql
        .insertInto(table)
        .values({ model_id, key: param('key'), value: param('value') })
        .onConflict((conflict) =>
          conflict.columns(['model_id', 'key']).doUpdateSet((eb) => ({ value: eb.ref('excluded.value') })),
        ),
    );
  const change = (what: Partial<Record<keyof LoggedModelTables['logged_models'], never>>) =>
    statements.write(
      sql
        .updateTable('logged_models')
        .set({ ...what, last_updated_timestamp: at })
        .where('model_id', '=', model_id),
    );
  return {
    personal: personalOfLoggedModels(statements),
    create: statements.write(
      sql.insertInto('logged_models').values({
        model_id,
        experiment_id: param('experiment'),
        name: param('name'),
        status: 'PENDING',
        model_type: param('type'),
        source_run_id: param('run'),
        artifact_location: param('location'),
        deleted: 0,
        creation_timestamp: at,
        last_updated_timestamp: at,
      }),
    ),
    status: change({ status: param('status') }),
    remove: change({ deleted: param('deleted') }),
    param: texts('logged_model_params'),
    tag: texts('logged_model_tags'),
    deleteTag: statements.write(
      sql.deleteFrom('logged_model_tags').where('model_id', '=', model_id).where('key', '=', param('key')),
    ),
    metric: prepareMetric(statements),
  };
}

const prepareMetric = (statements: Statements) =>
  statements.write(
    sql
      .insertInto('logged_model_metrics')
      .values({
        model_id: param('id'),
        key: param('key'),
        timestamp: param('timestamp'),
        step: param('step'),
        value: param('value'),
        is_nan: param('nan'),
        run_id: param('run'),
        experiment_id: param('experiment'),
        dataset_name: param('dataset'),
        dataset_digest: param('digest'),
      })
      .onConflict((conflict) => conflict.doNothing()),
  );

type Write = ReturnType<typeof prepare>;

function apply(event: Seen, write: Write, { unseal }: ProjectionContext): void {
  const open = (value: string | Sealed): string => (typeof value === 'string' ? value : (unseal(value) ?? ERASED));
  const setTag = (id: string, key: string, value: string | Sealed) => {
    write.tag({ id, key, value: open(value) });
    write.personal.tag(id, key, value);
  };
  switch (event.type) {
    case 'PersonErased':
      return write.personal.erase(event.data.userId);
    case 'LoggedModelCreated': {
      const { modelId: id, experimentId: experiment, name, modelType, sourceRunId, tags, at } = event.data;
      const location = loggedModelUri(experiment, id);
      write.create({ id, experiment, name, type: modelType ?? '', run: sourceRunId ?? '', location, at });
      for (const { key, value } of tags) setTag(id, key, value);
      return;
    }
    case 'LoggedModelParamsLogged':
      for (const { key, value } of event.data.params) write.param({ id: event.data.modelId, key, value });
      return;
    case 'LoggedModelTagsSet':
      for (const { key, value } of event.data.tags) setTag(event.data.modelId, key, value);
      return;
    case 'LoggedModelTagDeleted':
      return void write.deleteTag({ id: event.data.modelId, key: event.data.key });
    case 'LoggedModelFinalized':
      return void write.status({ id: event.data.modelId, status: event.data.status, at: event.data.at });
    case 'LoggedModelDeleted':
      return void write.remove({ id: event.data.modelId, deleted: 1, at: event.data.at });
    case 'MetricsLogged':
      return logMetrics(event.data, write);
    default:
      // Events of other rooms pass by.
      return;
  }
}

/** Nearly all metrics belong to no model: those cost a look at one field. */
function logMetrics({ runId, experimentId, metrics }: Extract<Seen, { type: 'MetricsLogged' }>['data'], write: Write) {
  for (const { modelId: id, key, value, timestamp, step, datasetName, datasetDigest } of metrics) {
    if (id === undefined) continue;
    const nan = value === 'NaN' ? 1 : 0;
    const dataset = { dataset: datasetName ?? null, digest: datasetDigest ?? null };
    const point = { id, key, timestamp, step, value: nan ? 0 : Number(value), nan };
    write.metric({ ...point, run: runId, experiment: experimentId, ...dataset });
  }
}
