import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { account, freshServer, Http } from '../support/custody.js';
import { PYTHON, withPython } from '../support/python.js';

const run = promisify(execFile);

withPython('the files of the unmodified mlflow client', () => {
  let custody: Awaited<ReturnType<typeof freshServer>>;
  let analyst: Http;
  let auditor: Http;

  beforeAll(async () => {
    custody = await freshServer();
    analyst = await account(custody.admin, 'ana.lyst', ['analyst']);
    auditor = await account(custody.admin, 'audi.tor', ['auditor']);
  });
  afterAll(() => custody.end());

  it('are logged, listed, loaded, sent in parts, deleted, and each of them is in the trail with its actor', async () => {
    const environment = {
      PATH: process.env['PATH'],
      HOME: custody.data,
      MPLCONFIGDIR: custody.data,
      MLFLOW_TRACKING_URI: custody.url,
      MLFLOW_TRACKING_USERNAME: analyst.login,
      MLFLOW_TRACKING_PASSWORD: analyst.password,
      MLFLOW_DISABLE_TELEMETRY: 'true',
    };
    const { stdout } = await run(PYTHON, [resolve('test/clients/artifacts_story.py')], { env: environment });
    const { run_id } = JSON.parse(stdout.trim().split('\n').at(-1)!) as { run_id: string };

    const trail = await auditor.get<{
      events: { action: string; actor: { name?: string }; resource: { name?: string } }[];
    }>(`/api/v1/audit/events?resource=run:${run_id}&order=asc&limit=100`);
    const about = (action: string) =>
      trail.body.events.filter((event) => event.action === action).map(({ resource }) => resource.name);
    expect(about('ArtifactStored')).toEqual(
      expect.arrayContaining(['alone.json', 'parts/large.bin', 'plots/figure.png', 'tree/sub dir/empty']),
    );
    expect(new Set(about('ArtifactDeleted'))).toEqual(new Set(about('ArtifactStored')));
    expect(new Set(trail.body.events.map(({ actor }) => actor.name))).toEqual(new Set(['ana.lyst']));
  });
});
