import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Actor, ExperimentId, LoggedModelId, Position, RunId, UserId } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { LogBatch, LogInputs, LogMetric } from '../index.js';
import { TrackingLab } from '../testing/tracking-lab.js';
import { RunHistory } from './run-history.js';

const [MINE, OTHER] = ['a', 'b'].map((digit) => `m-${digit.repeat(32)}` as LoggedModelId) as [
  LoggedModelId,
  LoggedModelId,
];

describe('what a run was', () => {
  let lab: TrackingLab;
  let history: RunHistory;
  let experimentId: ExperimentId;
  let runId: RunId;
  beforeEach(async () => {
    lab = await TrackingLab.open();
    history = lab.room.app.get(RunHistory);
    experimentId = await lab.experiment();
    runId = await lab.run(experimentId);
  });
  afterEach(() => lab.close());
  const point = (value: number, step = 0, timestamp = 1) =>
    lab.room.commands.execute(new LogMetric(lab.context(), { runId, metric: { key: 'f1', value, step, timestamp } }));
  const f1 = async (modelId?: string, before?: Position) =>
    (await history.read(runId, modelId, before))?.metrics.get('f1')?.value;
  const head = () => lab.room.ledger.head();

  it('is nothing for a run that there is not', async () => {
    expect(await history.read('0'.repeat(32) as RunId)).toBeUndefined();
    expect(await history.read(runId, undefined, 1 as Position)).toBeUndefined();
  });

  it('has the point of the highest step, then time, whatever came last', async () => {
    await point(0.9, 2);
    await point(0.8, 1);
    expect(await f1()).toBe(0.9);
    await point(0.7, 2, 5);
    expect(await f1()).toBe(0.7);
    await point(0.6, 2, 4);
    expect(await f1()).toBe(0.7);
    await lab.log(runId, {
      metrics: [{ key: 'f1', value: 0.5, step: 3, timestamp: 1 }],
      params: [{ key: 'p', value: '1' }],
    });
    expect(await f1()).toBe(0.5);
  });

  /** As a client's `log_metric` about a model of its own goes into the log. */
  const about = (modelId: LoggedModelId, value: number, step = 0) =>
    lab.room.app.get(DecisionMaker).record(
      `metrics-${runId}`,
      [
        {
          type: 'MetricsLogged',
          data: { runId, experimentId, metrics: [{ key: 'f1', value, step, timestamp: 1, modelId }] },
        },
      ],
      lab.context(),
    );

  it('has for a logged model its own points, and never those of another', async () => {
    await about(MINE, 0.9);
    await about(OTHER, 0.1, 5);
    expect(await f1(MINE)).toBe(0.9);
    expect(await f1(OTHER)).toBe(0.1);
    expect(await f1(`m-${'c'.repeat(32)}`)).toBeUndefined();
    await point(0.4, 1);
    expect(await f1(`m-${'c'.repeat(32)}`)).toBe(0.4);
    expect(await f1(MINE)).toBe(0.9);
  });

  it('is told as it was before any position', async () => {
    await point(0.5);
    const before = ((await head()) + 1) as Position;
    await point(0.9, 1);
    await lab.room.commands.execute(new LogBatch(lab.context(), { runId, tags: [{ key: 'a', value: 'b' }] }));
    expect(await f1(undefined, before)).toBe(0.5);
    expect((await history.read(runId, undefined, before))?.tags.has('a')).toBe(false);
    expect((await history.read(runId))?.tags.get('a')).toBe('b');
  });

  it('tells who wrote to it, what went in, and no tag that names a person', async () => {
    const actor: Actor = {
      id: 'u-worker' as UserId,
      kind: 'service',
      roles: [],
      via: 'token',
      onBehalfOf: 'u-kim' as UserId,
    };
    const inputs = [{ name: 'samples', digest: 'd1', sourceType: 'http', source: '{}', tags: [] }];
    await lab.room.commands.execute(new LogInputs(lab.context({ actor }), { runId, inputs }));
    await lab.log(runId, { tags: [{ key: 'mlflow.user', value: 'Kim' }] });
    const found = await history.read(runId);
    expect(found?.writers.map(({ id }) => id)).toEqual(['system', 'u-worker']);
    expect(found?.inputs).toEqual(inputs);
    expect(found?.tags.has('mlflow.user')).toBe(false);
  });
});
