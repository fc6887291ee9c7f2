import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RUN } from '../artifacts/testing/room-lab.js';
import { RegistryLab } from './testing/registry-lab.js';

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** The wire as MLflow's client reads it: fields, types, and what is left out. */
describe('the registry over HTTP', () => {
  let lab: RegistryLab;
  beforeEach(async () => {
    lab = await RegistryLab.open();
  });
  afterEach(() => lab.close());

  const call = async (
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    input: object = {},
  ): Promise<Answer> => {
    const query = method === 'GET' ? `?${new URLSearchParams(input as Record<string, string>).toString()}` : '';
    const url = path.startsWith('/') ? path : `/api/2.0/mlflow/${path}`;
    const answer = await lab.room.app.inject({
      method,
      url: url + query,
      ...(method === 'GET' ? {} : { payload: input }),
    });
    return { status: answer.statusCode, body: answer.json() };
  };
  const ok = async (...of: Parameters<typeof call>) => {
    const { status, body } = await call(...of);
    expect({ status, body }).toMatchObject({ status: 200 });
    return body;
  };
  const create = (name: string, more: object = {}) => ok('POST', 'registered-models/create', { name, ...more });
  const createVersion = (name: string, more: object = {}) =>
    ok('POST', 'model-versions/create', {
      name,
      source: `mlflow-artifacts:/1/${RUN}/artifacts/model`,
      run_id: RUN,
      ...more,
    });
  const transition = (name: string, version: string, stage: string, archive = false) =>
    ok('POST', 'model-versions/transition-stage', { name, version, stage, archive_existing_versions: archive });

  it('answers a new model and version as MLflow does', async () => {
    const at = Math.floor(lab.room.clock.now() / 1000);
    expect(await create('detector', { description: 'flags', tags: [{ key: 'b', value: '2' }, { key: 'a' }] })).toEqual({
      registered_model: {
        name: 'detector',
        creation_timestamp: at,
        last_updated_timestamp: at,
        description: 'flags',
        tags: [
          { key: 'a', value: '' },
          { key: 'b', value: '2' },
        ],
      },
    });
    const version = {
      name: 'detector',
      version: '1',
      creation_timestamp: at,
      last_updated_timestamp: at,
      current_stage: 'None',
      description: '',
      source: `mlflow-artifacts:/1/${RUN}/artifacts/model`,
      run_id: RUN,
      status: 'READY',
      run_link: '',
    };
    expect(await createVersion('detector')).toEqual({ model_version: version });
    expect(await ok('GET', 'model-versions/get', { name: 'detector', version: '1' })).toEqual({
      model_version: version,
    });
    expect(await ok('GET', 'registered-models/get', { name: 'detector' })).toMatchObject({
      registered_model: { latest_versions: [version] },
    });
    expect(await ok('GET', 'model-versions/get-download-uri', { name: 'detector', version: '1' })).toEqual({
      artifact_uri: version.source,
    });
  });

  it('answers from the log what the read model answers later', async () => {
    await create('detector', { tags: [{ key: 'a', value: '1' }] });
    await createVersion('detector', { tags: [{ key: 'x', value: 'y' }], run_link: 'https://ci/7' });
    lab.room.clock.advance(5000);
    const moved = await transition('detector', '1', 'production', true);
    expect(moved).toMatchObject({ model_version: { current_stage: 'Production' } });
    expect(await ok('GET', 'model-versions/get', { name: 'detector', version: '1' })).toEqual(moved);
    const described = await ok('PATCH', 'model-versions/update', { name: 'detector', version: 1, description: 'good' });
    expect(await ok('GET', 'model-versions/get', { name: 'detector', version: '1' })).toEqual(described);
    const model = await ok('PATCH', 'registered-models/update', { name: 'detector', description: 'better' });
    expect(await ok('GET', 'registered-models/get', { name: 'detector' })).toEqual(model);
    lab.room.clock.advance(5000);
    const renamed = await ok('POST', 'registered-models/rename', { name: 'detector', new_name: 'sentinel' });
    expect(await ok('GET', 'registered-models/get', { name: 'sentinel' })).toEqual(renamed);
    expect((await call('GET', 'registered-models/get', { name: 'detector' })).status).toBe(404);
  });

  it('finds the latest versions by stage, by GET and by POST', async () => {
    await create('detector');
    for (let n = 0; n < 4; n++) await createVersion('detector');
    await transition('detector', '1', 'Production');
    await transition('detector', '2', 'Staging');
    await transition('detector', '3', 'Staging');
    const versions = (body: Record<string, unknown>) =>
      ((body['model_versions'] ?? []) as { version: string }[]).map(({ version }) => version);
    expect(versions(await ok('GET', 'registered-models/get-latest-versions', { name: 'detector' }))).toEqual([
      '4',
      '3',
      '1',
    ]);
    expect(
      versions(await ok('POST', 'registered-models/get-latest-versions', { name: 'detector', stages: ['staging'] })),
    ).toEqual(['3']);
    expect(
      versions(await ok('GET', 'registered-models/get-latest-versions', { name: 'detector', stages: 'Production' })),
    ).toEqual(['1']);
    expect(
      await ok('POST', 'registered-models/get-latest-versions', { name: 'detector', stages: ['Archived'] }),
    ).toEqual({});
    expect(
      (await call('POST', 'registered-models/get-latest-versions', { name: 'detector', stages: ['Prod'] })).body,
    ).toMatchObject({ field: 'stages' });
  });

  it('searches models by name, case and tag, in order and in pages', async () => {
    for (const name of ['beta_x', 'alpha', 'Alpha*', 'betaAx']) await create(name);
    await ok('POST', 'registered-models/set-tag', { name: 'alpha', key: 'team', value: 'qc' });
    const names = async (input: object) =>
      (((await ok('GET', 'registered-models/search', input))['registered_models'] ?? []) as { name: string }[]).map(
        ({ name }) => name,
      );
    expect(await names({})).toEqual(['Alpha*', 'alpha', 'betaAx', 'beta_x']);
    expect(await names({ order_by: 'name DESC' })).toEqual(['beta_x', 'betaAx', 'alpha', 'Alpha*']);
    expect(await names({ filter: "name = 'alpha'" })).toEqual(['alpha']);
    expect(await names({ filter: "name LIKE 'alpha%'" })).toEqual(['alpha']);
    expect(await names({ filter: "name LIKE '%*'" })).toEqual(['Alpha*']);
    expect(await names({ filter: "name ILIKE 'alpha%'" })).toEqual(['Alpha*', 'alpha']);
    expect(await names({ filter: "name != 'alpha' AND name LIKE 'beta%'" })).toEqual(['betaAx', 'beta_x']);
    expect(await names({ filter: "tags.team = 'qc'" })).toEqual(['alpha']);
    expect(await names({ filter: "tag.`mlflow.prompt.is_prompt` != 'true'" })).toHaveLength(4);
    expect(await names({ filter: "tag.`mlflow.prompt.is_prompt` = 'true'" })).toEqual([]);
    const first = await ok('GET', 'registered-models/search', { max_results: '3' });
    expect(await names({ max_results: '3', page_token: first['next_page_token'] })).toEqual(['beta_x']);
    for (const wrong of [
      { filter: "x = 'y'" },
      { order_by: 'x' },
      { max_results: '0' },
      { max_results: '1001' },
      { page_token: 'x' },
    ]) {
      expect(await call('GET', 'registered-models/search', wrong)).toMatchObject({
        status: 400,
        body: { field: Object.keys(wrong)[0] },
      });
    }
    expect(await ok('GET', 'registered-models/search', { filter: "name = 'none'" })).toEqual({});
  });

  it('searches versions as the client does', async () => {
    await create('a');
    await create('b');
    for (const name of ['a', 'a', 'b']) {
      lab.room.clock.advance(5000);
      await createVersion(name);
    }
    await ok('POST', 'model-versions/create', { name: 'b', source: 's3://bucket/m' });
    await ok('POST', 'model-versions/set-tag', { name: 'a', version: '2', key: 'k', value: 'v' });
    const found = async (input: object) =>
      (
        ((await ok('GET', 'model-versions/search', input))['model_versions'] ?? []) as {
          name: string;
          version: string;
        }[]
      ).map(({ name, version }) => `${name}${version}`);
    expect(await found({})).toEqual(['a2', 'b2', 'b1', 'a1']);
    expect(await found({ filter: "name='a'" })).toEqual(['a2', 'a1']);
    expect(await found({ filter: `run_id='${RUN}'` })).toEqual(['a2', 'b1', 'a1']);
    expect(await found({ filter: `run_id IN ('${RUN}', 'x') AND name = 'b'` })).toEqual(['b1']);
    expect(await found({ filter: 'version_number > 1', order_by: 'name ASC' })).toEqual(['a2', 'b2']);
    expect(await found({ filter: "tags.k = 'v'" })).toEqual(['a2']);
    expect(await found({ filter: "source_path LIKE 's3:%'" })).toEqual(['b2']);
    expect(await found({ filter: "name='a'", order_by: 'version_number ASC' })).toEqual(['a1', 'a2']);
    expect(await call('GET', 'model-versions/search', { filter: "stage='x'" })).toMatchObject({
      status: 400,
      body: { field: 'filter' },
    });
  });

  it('sets and deletes tags, and deletes versions and models', async () => {
    await create('a');
    await createVersion('a');
    await createVersion('a');
    await ok('POST', 'model-versions/set-tag', { name: 'a', version: '1', key: 'k', value: 'v' });
    expect(await ok('GET', 'model-versions/get', { name: 'a', version: '1' })).toMatchObject({
      model_version: { tags: [{ key: 'k', value: 'v' }] },
    });
    await ok('DELETE', 'model-versions/delete-tag', { name: 'a', version: '1', key: 'k' });
    await ok('POST', 'registered-models/set-tag', { name: 'a', key: 'k', value: 'v' });
    await ok('DELETE', 'registered-models/delete-tag', { name: 'a', key: 'k' });
    await ok('DELETE', 'model-versions/delete', { name: 'a', version: '1' });
    expect((await call('GET', 'model-versions/get', { name: 'a', version: '1' })).body).toMatchObject({
      error_code: 'RESOURCE_DOES_NOT_EXIST',
    });
    const model = (await ok('GET', 'registered-models/get', { name: 'a' }))['registered_model'];
    expect(model).not.toHaveProperty('tags');
    expect(await ok('DELETE', 'registered-models/delete', { name: 'a' })).toEqual({});
    expect((await call('GET', 'model-versions/get', { name: 'a', version: '2' })).status).toBe(404);
  });

  it('rolls back with a reason, and not without', async () => {
    await create('lims detector');
    for (const version of ['1', '2']) {
      await createVersion('lims detector');
      await transition('lims detector', version, 'Production', true);
    }
    const path = '/api/v1/models/lims%20detector/rollback';
    expect(await call('POST', path, {})).toMatchObject({ status: 400, body: { field: 'reason' } });
    expect(await ok('POST', path, { reason: 'F1 fell' })).toMatchObject({
      model_version: { version: '1', current_stage: 'Production' },
      archived_versions: ['2'],
    });
    expect((await lab.room.events()).at(-1)).toMatchObject({ type: 'ModelVersionRolledBack', reason: 'F1 fell' });
    expect((await call('POST', '/api/v1/models/none/rollback', { reason: 'x' })).status).toBe(404);
  });

  it('keeps the reason of a transition', async () => {
    await create('a');
    await createVersion('a');
    await ok('POST', 'model-versions/transition-stage', {
      name: 'a',
      version: '1',
      stage: 'Staging',
      reason: 'passed review',
    });
    expect((await lab.room.events()).at(-1)).toMatchObject({
      reason: 'passed review',
      data: { from: 'None', to: 'Staging', archived: [] },
    });
  });

  it.each([
    ['POST', 'registered-models/create', {}, 400, 'name'],
    ['POST', 'registered-models/create', { name: 3 }, 400, 'name'],
    ['POST', 'registered-models/create', { name: 'a/b' }, 400, 'name'],
    ['POST', 'registered-models/create', { name: 'taken' }, 400, 'name'],
    ['POST', 'registered-models/create', { name: 'x', tags: [{ value: 'v' }] }, 400, 'tags'],
    ['POST', 'registered-models/rename', { name: 'taken' }, 400, 'new_name'],
    ['POST', 'model-versions/create', { name: 'taken' }, 400, 'source'],
    ['POST', 'model-versions/create', { name: 'taken', source: '/etc/passwd' }, 400, 'source'],
    ['POST', 'model-versions/create', { name: 'taken', source: 's3://b/m', model_id: 'm-1' }, 400, 'model_id'],
    ['POST', 'model-versions/create', { name: 'taken', source: `runs:/${'f'.repeat(32)}/m` }, 404, 'run_id'],
    ['POST', 'model-versions/transition-stage', { name: 'taken', version: 'x', stage: 'Staging' }, 400, 'version'],
    ['POST', 'model-versions/transition-stage', { name: 'taken', version: '1', stage: 'Live' }, 400, 'stage'],
    [
      'POST',
      'model-versions/transition-stage',
      { name: 'taken', version: '1', stage: 'None', archive_existing_versions: true },
      400,
      'archive_existing_versions',
    ],
    [
      'POST',
      'model-versions/transition-stage',
      { name: 'taken', version: '1', stage: 'Staging', archive_existing_versions: 'maybe' },
      400,
      'archive_existing_versions',
    ],
    ['POST', 'model-versions/transition-stage', { name: 'taken', version: '9', stage: 'Staging' }, 404, 'version'],
    ['POST', 'model-versions/set-tag', { name: 'taken', version: '1', key: '../x', value: '' }, 400, 'key'],
    ['GET', 'model-versions/get', { name: 'taken', version: '0' }, 400, 'version'],
    ['GET', 'model-versions/get', { name: 'none', version: '1' }, 404, 'version'],
    ['GET', 'registered-models/get', { name: 'none' }, 404, 'name'],
  ] as const)('refuses %s %s with %j', async (method, path, input, status, field) => {
    await create('taken');
    await createVersion('taken');
    expect(await call(method, path, input)).toMatchObject({ status, body: { field } });
  });
});
