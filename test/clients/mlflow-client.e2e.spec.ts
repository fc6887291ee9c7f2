import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { clientServer, withPython } from '../support/python.js';

// A script plays a whole topic; most of its time goes into importing mlflow and what it brings.
const PATIENCE = 180_000;

withPython('the unmodified mlflow client', () => {
  let custody: Awaited<ReturnType<typeof clientServer>>;

  beforeAll(async () => {
    custody = await clientServer();
  });
  afterAll(() => custody.end());

  it('logs, ends and reads back a run, registers a version, and is answered in its own error codes', async () => {
    const out = await custody.script('tracking_story').passed();
    const { run_id } = JSON.parse(out.trim().split('\n').at(-1)!) as { run_id: string };

    const trail = await custody.auditor.get<{ events: { action: string; actor: { name?: string } }[] }>(
      `/api/v1/audit/events?resource=run:${run_id}&order=asc&limit=100`,
    );
    expect(trail.body.events.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['RunStarted', 'MetricsLogged', 'RunEnded']),
    );
    expect(new Set(trail.body.events.map(({ actor }) => actor.name))).toEqual(new Set(['ana.lyst']));
  });

  it.each([
    ['sweeps with nested runs and searches them into a data frame', 'runs_and_search'],
    ['writes and reads files, figures, texts, dictionaries and tables', 'artifacts'],
    ['logs data sets from pandas and finds runs by them', 'datasets'],
    ['samples system metrics while a run goes on', 'system_metrics'],
    ['logs 50 runs at once from threads and processes, none of them mixed up', 'parallel'],
  ])(
    '%s',
    async (_, name) => {
      await custody.script(name).passed();
    },
    PATIENCE,
  );
});
