import { sql as raw } from 'kysely';
import { RecordedEvent, Sealed } from '../../../core/index.js';
import { param, Projection, ProjectionContext, sqlBuilder, Statements } from '../../../projection/index.js';
import { Metric, RunEvent, TextRef } from '../../run/events.js';
import { ERASED, personalOfRuns } from './personal.js';
import { runSchema } from './schema.js';
import { RunTables } from './table.js';

const sql = sqlBuilder<RunTables>();
export { ERASED };

export const runsProjection: Projection = {
  name: 'tracking.runs',
  version: 4,
  tables: [
    'runs',
    'params',
    'run_tags',
    'metrics',
    'latest_metrics',
    'inputs',
    'input_texts',
    'run_models',
    'run_personal',
    'experiment_datasets',
  ],
  schema: runSchema,
  prepare: (statements, context) => {
    const write = prepare(statements);
    const latest = new LatestMetrics(write.latest);
    const take = (event: RecordedEvent) =>
      apply(event as RecordedEvent & (RunEvent | PersonErased), write, latest, context);
    return Object.assign(take, { batch: { begin: () => latest.forget(), end: () => latest.write() } });
  },
};

/** Of the identity room, which this one does not see: from here on nothing of the person is left to show. */
export type PersonErased = { readonly type: 'PersonErased'; readonly data: { readonly userId: string } };

function prepare(statements: Statements) {
  const run_id = param<string>('run');
  const point = {
    run_id,
    key: param<string>('key'),
    timestamp: param<number>('timestamp'),
    step: param<number>('step'),
    value: param<number>('value'),
    is_nan: param<number>('nan'),
  };
  const keyed = (table: 'params' | 'run_tags') =>
    statements.write(
      sql
        .insertInto(table)
        .values({ run_id, key: param('key'), value: param('value') })
        .onConflict((conflict) =>
          conflict.columns(['run_id', 'key']).doUpdateSet((eb) => ({ value: eb.ref('excluded.value') })),
        ),
    );
  const update = (change: Partial<Record<keyof RunTables['runs'], never>>) =>
    statements.write(sql.updateTable('runs').set(change).where('run_id', '=', run_id));
  return {
    personal: personalOfRuns(statements),
    start: statements.write(
      sql.insertInto('runs').values({
        run_id,
        experiment_id: param('experiment'),
        name: param('name'),
        status: 'RUNNING',
        start_time: param('start'),
        end_time: null,
        deleted: 0,
        user: param('user'),
      }),
    ),
    rename: update({ name: param('name') }),
    status: statements.write(
      sql
        .updateTable('runs')
        .set((eb) => ({
          status: param('status'),
          end_time: eb.fn.coalesce(eb.val(param<number | null>('end')), 'end_time'),
        }))
        .where('run_id', '=', run_id),
    ),
    deleted: update({ deleted: param('deleted') }),
    param: keyed('params'),
    tag: keyed('run_tags'),
    deleteTag: statements.write(
      sql.deleteFrom('run_tags').where('run_id', '=', run_id).where('key', '=', param('key')),
    ),
    metric: statements.write(
      sql
        .insertInto('metrics')
        .values(point)
        .onConflict((conflict) => conflict.doNothing()),
    ),
    // The latest point has the highest step, then time, then value, in whatever order the points came.
    latest: statements.write(
      sql
        .insertInto('latest_metrics')
        .values(point)
        .onConflict((conflict) =>
          conflict
            .columns(['run_id', 'key'])
            .doUpdateSet((eb) => ({
              timestamp: eb.ref('excluded.timestamp'),
              step: eb.ref('excluded.step'),
              value: eb.ref('excluded.value'),
              is_nan: eb.ref('excluded.is_nan'),
            }))
            .where(
              raw<boolean>`(excluded.step, excluded.timestamp, excluded.value) > (latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)`,
            ),
        ),
    ),
    input: statements.write(
      sql
        .insertInto('inputs')
        .values({ run_id, name: param('name'), digest: param('digest'), input: param('input') })
        .onConflict((conflict) => conflict.doNothing()),
    ),
    text: statements.write(
      sql
        .insertInto('input_texts')
        .values({ run_id, sha256: param('sha256'), part: param('part'), text: param('text') })
        .onConflict((conflict) => conflict.doNothing()),
    ),
    textOf: statements.first<{ text: string }>(
      sql
        .selectFrom('input_texts')
        .select(raw<string>`group_concat(text, '' ORDER BY part)`.as('text'))
        .where('run_id', '=', run_id)
        .where('sha256', '=', param<string>('sha256')),
    ),
    model: statements.write(
      sql
        .insertInto('run_models')
        .values({ run_id, role: param('role'), model_id: param('model'), step: param('step') })
        .onConflict((conflict) => conflict.doNothing()),
    ),
    dataset: statements.write(
      sql
        .insertInto('experiment_datasets')
        .values({
          experiment_id: param('experiment'),
          name: param('name'),
          digest: param('digest'),
          context: param('context'),
        })
        .onConflict((conflict) => conflict.doNothing()),
    ),
  };
}

type Write = ReturnType<typeof prepare>;

function apply(
  event: RecordedEvent & (RunEvent | PersonErased),
  write: Write,
  latest: LatestMetrics,
  { unseal }: ProjectionContext,
): void {
  const open = (value: string | Sealed): string => (typeof value === 'string' ? value : (unseal(value) ?? ERASED));
  const setTag = (run: string, key: string, value: string | Sealed) => {
    write.tag({ run, key, value: open(value) });
    write.personal.tag(run, key, value);
  };
  switch (event.type) {
    case 'PersonErased':
      return write.personal.erase(event.data.userId);
    case 'RunStarted': {
      const { runId: run, experimentId: experiment, name, startTime: start, tags, user } = event.data;
      write.start({ run, experiment, name, start, user: user ? open(user) : '' });
      write.personal.user(run, user);
      for (const { key, value } of tags) setTag(run, key, value);
      return;
    }
    case 'ParamsLogged':
      for (const { key, value } of event.data.params) write.param({ run: event.data.runId, key, value });
      return;
    case 'TagsSet':
      for (const { key, value } of event.data.tags) setTag(event.data.runId, key, value);
      return;
    case 'TagDeleted':
      return void write.deleteTag({ run: event.data.runId, key: event.data.key });
    case 'MetricsLogged':
      return logMetrics(event.data.runId, event.data.metrics, write, latest);
    case 'InputTextsRecorded':
      for (const part of event.data.texts) write.text({ run: event.data.runId, ...part });
      return;
    case 'InputsLogged':
      for (const { schemaText, profileText, ...input } of event.data.inputs) {
        const { name, digest } = input;
        const context = input.tags.find(({ key }) => key === 'mlflow.data.context')?.value ?? '';
        const textOf = (text: TextRef) => write.textOf({ run: event.data.runId, sha256: text.sha256 })?.text;
        const kept = JSON.stringify({
          ...input,
          source: open(input.source),
          ...(schemaText ? { schema: textOf(schemaText) } : {}),
          ...(profileText ? { profile: textOf(profileText) } : {}),
        });
        write.input({ run: event.data.runId, name, digest, input: kept });
        write.personal.input(event.data.runId, name, digest, input.source);
        write.dataset({ experiment: event.data.experimentId, name, digest, context });
      }
      return;
    case 'ModelInputsLogged':
      for (const model of event.data.models) write.model({ run: event.data.runId, role: 'input', model, step: 0 });
      return;
    case 'ModelOutputsLogged':
      for (const { modelId: model, step } of event.data.models)
        write.model({ run: event.data.runId, role: 'output', model, step });
      return;
    case 'RunRenamed':
      return void write.rename({ run: event.data.runId, name: event.data.name });
    case 'RunEnded':
    case 'RunResumed':
      return void write.status({ run: event.data.runId, status: event.data.status, end: event.data.endTime ?? null });
    case 'RunDeleted':
      return void write.deleted({ run: event.data.runId, deleted: 1 });
    case 'RunRestored':
      return void write.deleted({ run: event.data.runId, deleted: 0 });
    default:
      // Events of other rooms pass by.
      return;
  }
}

type Point = Readonly<Record<'run' | 'key', string> & Record<'timestamp' | 'step' | 'value' | 'nan', number>>;

const isLater = (a: Point, b: Point): boolean =>
  a.step !== b.step ? a.step > b.step : a.timestamp !== b.timestamp ? a.timestamp > b.timestamp : a.value > b.value;

/** A point that was there before can't be later than the latest. */
function logMetrics(run: string, metrics: readonly Metric[], write: Write, latest: LatestMetrics): void {
  for (const { key, value, timestamp, step } of metrics) {
    const nan = value === 'NaN' ? 1 : 0;
    const point = { run, key, timestamp, step, value: nan ? 0 : Number(value), nan };
    if (write.metric(point) > 0) latest.add(point);
  }
}

/** Of a batch's points with one key only the latest is held against the one that the table has. */
class LatestMetrics {
  private readonly runs = new Map<string, Map<string, Point>>();

  constructor(private readonly put: (point: Point) => void) {}

  add(point: Point): void {
    let keys = this.runs.get(point.run);
    if (!keys) this.runs.set(point.run, (keys = new Map<string, Point>()));
    const other = keys.get(point.key);
    if (other === undefined || isLater(point, other)) keys.set(point.key, point);
  }

  write(): void {
    for (const keys of this.runs.values()) for (const point of keys.values()) this.put(point);
    this.forget();
  }

  forget(): void {
    this.runs.clear();
  }
}
