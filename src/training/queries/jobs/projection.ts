import { never, RecordedEvent } from '../../../core/index.js';
import { DdlBuilder, param, Projection, Row, sqlBuilder, Statements } from '../../../projection/index.js';
import type { JobEvent } from '../../job/events.js';
import { JobTable, TrainingSchema } from './table.js';

const db = sqlBuilder<TrainingSchema>();

const TYPES: ReadonlySet<string> = new Set<JobEvent['type']>([
  'TrainingRequested',
  'TrainingStarted',
  'TrainingRetried',
  'TrainingSucceeded',
  'TrainingFailed',
  'TrainingParked',
  'TrainingResumed',
]);

const REQUESTED_COLUMNS = [
  'job_id',
  'requested_position',
  'requested_by',
  'dataset_id',
  'dataset_sha256',
  'dataset_name',
  'experiment_id',
  'experiment_name',
  'model_name',
  'run_id',
  'run_name',
  'parameters',
  'tags',
  'split',
  'requested_at',
  'updated_at',
] as const satisfies readonly (keyof JobTable)[];

/** Changes the columns named, each to the parameter of its name, of one job. */
const change = (...columns: readonly (keyof JobTable)[]) =>
  db
    .updateTable('training_jobs')
    .set(Object.fromEntries([...columns, 'updated_at' as const].map((name) => [name, param(name)])))
    .where('job_id', '=', param<string>('job_id'));

export const jobsProjection: Projection = {
  name: 'training.jobs',
  version: 1,
  tables: ['training_jobs'],
  schema: (ddl) => [createTable(ddl), createIndex(ddl)],
  prepare: (statements) => {
    const apply = writer(statements);
    return (event) => {
      if (TYPES.has(event.type)) apply(event as unknown as RecordedEvent & JobEvent);
    };
  },
};

function writer(statements: Statements): (event: RecordedEvent & JobEvent) => void {
  const values = { ...Object.fromEntries(REQUESTED_COLUMNS.map((name) => [name, param(name)])), state: 'requested' };
  const insert = statements.write(
    db.insertInto('training_jobs').values({ ...(values as unknown as JobTable), attempts: 0 }),
  );
  const start = statements.write(change('state', 'attempts', 'worker', 'started_at', 'code', 'reason'));
  const move = statements.write(change('state', 'worker', 'code', 'reason', 'finished_at'));
  const succeed = statements.write(change('model_id', 'model_version', 'metrics', 'artifacts'));
  return (event) => {
    const { type, data, recordedAt } = event;
    const base = { job_id: data.jobId, updated_at: recordedAt };
    const idle = { ...base, worker: null, code: null, reason: null, finished_at: null };
    switch (type) {
      case 'TrainingRequested':
        return void insert(requestedRow(event));
      case 'TrainingStarted': {
        const { attempt, worker } = data;
        return void start({ ...idle, state: 'running', attempts: attempt, worker, started_at: recordedAt });
      }
      case 'TrainingRetried':
        return void move({ ...idle, state: 'retrying', code: data.code, reason: data.reason });
      case 'TrainingParked':
        return void move({ ...idle, state: 'parked', code: data.code, reason: data.reason });
      case 'TrainingResumed':
        return void move({ ...idle, state: 'requested' });
      case 'TrainingFailed':
        return void move({ ...idle, state: 'failed', code: data.code, reason: data.reason, finished_at: recordedAt });
      case 'TrainingSucceeded': {
        move({ ...idle, state: 'succeeded', finished_at: recordedAt });
        const { modelId, version, metrics, artifacts } = data;
        const [metricsJson, artifactsJson] = [JSON.stringify(metrics), JSON.stringify(artifacts)];
        return void succeed({
          ...base,
          model_id: modelId,
          model_version: version,
          metrics: metricsJson,
          artifacts: artifactsJson,
        });
      }
      default:
        return never(type);
    }
  };
}

function requestedRow({
  data,
  position,
  recordedAt,
}: RecordedEvent & Extract<JobEvent, { type: 'TrainingRequested' }>): Row {
  return {
    job_id: data.jobId,
    requested_position: position,
    requested_by: data.requestedBy,
    dataset_id: data.datasetId,
    dataset_sha256: data.datasetSha256,
    dataset_name: data.datasetName,
    experiment_id: data.experimentId,
    experiment_name: data.experimentName,
    model_name: data.modelName,
    run_id: data.runId,
    run_name: data.runName,
    parameters: JSON.stringify(data.parameters),
    tags: JSON.stringify(data.tags),
    split: JSON.stringify(data.split),
    requested_at: recordedAt,
    updated_at: recordedAt,
  };
}

const createTable = (ddl: DdlBuilder) =>
  ddl
    .createTable('training_jobs')
    .addColumn('job_id', 'text', (column) => column.primaryKey())
    .addColumn('requested_position', 'integer', (column) => column.notNull().unique())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('requested_by', 'text', (column) => column.notNull())
    .addColumn('dataset_id', 'text', (column) => column.notNull())
    .addColumn('dataset_sha256', 'text', (column) => column.notNull())
    .addColumn('dataset_name', 'text', (column) => column.notNull())
    .addColumn('experiment_id', 'text', (column) => column.notNull())
    .addColumn('experiment_name', 'text', (column) => column.notNull())
    .addColumn('model_name', 'text', (column) => column.notNull())
    .addColumn('run_id', 'text', (column) => column.notNull())
    .addColumn('run_name', 'text')
    .addColumn('parameters', 'text', (column) => column.notNull())
    .addColumn('tags', 'text', (column) => column.notNull())
    .addColumn('split', 'text', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('worker', 'text')
    .addColumn('code', 'text')
    .addColumn('reason', 'text')
    .addColumn('model_id', 'text')
    .addColumn('model_version', 'integer')
    .addColumn('metrics', 'text')
    .addColumn('artifacts', 'text')
    .addColumn('requested_at', 'integer', (column) => column.notNull())
    .addColumn('started_at', 'integer')
    .addColumn('finished_at', 'integer')
    .addColumn('updated_at', 'integer', (column) => column.notNull())
    .compile();

const createIndex = (ddl: DdlBuilder) =>
  ddl.createIndex('training_jobs_by_state').on('training_jobs').columns(['state', 'requested_position']).compile();
