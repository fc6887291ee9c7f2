import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RUN } from '../artifacts/testing/room-lab.js';
import { LOGGED, RegistryLab } from './testing/registry-lab.js';

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
    const described = await ok('PATCH', 'model-versions/update', {
      name: 'detector',
      version: '1',
      description: 'good',
    });
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
    expect(await found({})).toEqual(['b2', 'b1', 'a2', 'a1']);
    expect(await found({ filter: "name='a'" })).toEqual(['a2', 'a1']);
    expect(await found({ filter: `run_id='${RUN}'` })).toEqual(['b1', 'a2', 'a1']);
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

  it('names versions by aliases, in every answer about them', async () => {
    await create('a');
    await createVersion('a');
    await createVersion('a');
    const set = (alias: string, version: string) =>
      ok('POST', 'registered-models/alias', { name: 'a', alias, version });
    const by = async (alias: string) =>
      (await ok('GET', 'registered-models/alias', { name: 'a', alias }))['model_version'] as { version: string };
    expect(await set('shadow', '1')).toEqual({});
    await set('Champion', '1');
    expect(await by('shadow')).toMatchObject({ version: '1', aliases: ['Champion', 'shadow'] });
    await set('shadow', '2');
    expect(await by('shadow')).toMatchObject({ version: '2', aliases: ['shadow'] });
    expect(await by('LATEST')).toMatchObject({ version: '2' });
    expect(await ok('GET', 'registered-models/get', { name: 'a' })).toMatchObject({
      registered_model: {
        aliases: [
          { alias: 'Champion', version: '1' },
          { alias: 'shadow', version: '2' },
        ],
        latest_versions: [{ version: '2', aliases: ['shadow'] }],
      },
    });
    const described = await ok('PATCH', 'registered-models/update', { name: 'a', description: 'x' });
    expect(await ok('GET', 'registered-models/get', { name: 'a' })).toEqual(described);
    expect(await ok('GET', 'model-versions/search', { filter: "name='a'" })).toMatchObject({
      model_versions: [{ aliases: ['shadow'] }, { aliases: ['Champion'] }],
    });
    for (let twice = 0; twice < 2; twice++)
      await ok('DELETE', 'registered-models/alias', { name: 'a', alias: 'shadow' });
    expect(await call('GET', 'registered-models/alias', { name: 'a', alias: 'shadow' })).toMatchObject({
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE', message: 'Registered model alias shadow not found.' },
    });
    await set('other', '2');
    await ok('DELETE', 'model-versions/delete', { name: 'a', version: '2' });
    expect(await ok('GET', 'registered-models/get', { name: 'a' })).toMatchObject({
      registered_model: { aliases: [{ alias: 'Champion', version: '1' }] },
    });
  });

  it('leaves times of last update where MLflow leaves them', async () => {
    const at = () => Math.floor(lab.room.clock.now() / 1000);
    await create('a');
    await createVersion('a');
    const times = async () => {
      const { model_version } = await ok('GET', 'model-versions/get', { name: 'a', version: '1' });
      const { registered_model } = await ok('GET', 'registered-models/get', { name: 'a' });
      const time = (of: unknown) => (of as { last_updated_timestamp: number }).last_updated_timestamp;
      return [time(registered_model), time(model_version)];
    };
    const [before] = await times();
    lab.room.clock.advance(5000);
    await ok('POST', 'registered-models/set-tag', { name: 'a', key: 'k', value: 'v' });
    await ok('POST', 'model-versions/set-tag', { name: 'a', version: '1', key: 'k', value: 'v' });
    await ok('DELETE', 'model-versions/delete-tag', { name: 'a', version: '1', key: 'k' });
    await ok('POST', 'registered-models/alias', { name: 'a', alias: 'x', version: '1' });
    expect(await times()).toEqual([before, before]);
    await ok('PATCH', 'model-versions/update', { name: 'a', version: '1', description: 'good' });
    expect(await times()).toEqual([before, at()]);
    lab.room.clock.advance(5000);
    await transition('a', '1', 'Staging');
    expect(await times()).toEqual([at(), at()]);
  });

  it('makes versions of logged models and of other versions, and says where their files are', async () => {
    await create('a');
    await create('b');
    const files = `mlflow-artifacts:/1/models/${LOGGED}/artifacts`;
    const made = await ok('POST', 'model-versions/create', {
      name: 'a',
      source: `models:/${LOGGED}`,
      model_id: LOGGED,
    });
    expect(made).toMatchObject({ model_version: { source: `models:/${LOGGED}`, run_id: RUN, model_id: LOGGED } });
    expect(lab.loggedModels.noted).toEqual([[LOGGED, { name: 'a', version: 1 }]]);
    expect(await ok('GET', 'model-versions/get', { name: 'a', version: '1' })).toMatchObject({
      model_version: {
        model_id: LOGGED,
        model_params: [{ name: 'trees', value: '100' }],
        model_metrics: [{ key: 'f1', value: 0.93, timestamp: 1767603600000, step: 0, model_id: LOGGED }],
      },
    });
    await ok('POST', 'registered-models/alias', { name: 'a', alias: 'candidate', version: '1' });
    const source = { name: 'b', source: 'models:/a@candidate', run_id: RUN };
    expect(await ok('POST', 'model-versions/create', source)).toMatchObject({
      model_version: { version: '1', source: 'models:/a/1', run_id: RUN, model_id: LOGGED },
    });
    await ok('POST', 'model-versions/create', { name: 'b', source: 'models:/b/1' });
    await ok('POST', 'registered-models/rename', { name: 'a', new_name: 'c' });
    for (const version of ['1', '2'])
      expect(await ok('GET', 'model-versions/get-download-uri', { name: 'b', version })).toEqual({
        artifact_uri: files,
      });
    expect((await lab.room.events()).filter(({ type }) => type === 'ModelVersionCreated').at(-1)).toMatchObject({
      data: { storage: files, copyOf: { name: 'b', version: 1 }, loggedModelId: LOGGED },
    });
  });

  it('keeps prompts: placeholders for files, their text in tags, and models apart', async () => {
    const prompt = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }];
    await create('greeting', { tags: prompt });
    const tags = [...prompt, { key: 'mlflow.prompt.text', value: 'Dear {{name}}' }];
    const made = { name: 'greeting', source: 'dummy-source', tags };
    expect(await ok('POST', 'model-versions/create', made)).toMatchObject({
      model_version: { source: 'dummy-source' },
    });
    expect(await ok('GET', 'model-versions/get', { name: 'greeting', version: '1' })).toMatchObject({
      model_version: { tags: [prompt[0], { key: 'mlflow.prompt.text' }] },
    });
    await create('model');
    for (const [refused, field] of [
      [{ ...made, source: 's3://bucket/x' }, 'source'],
      [{ ...made, source: '/etc/passwd' }, 'source'],
      [{ name: 'model', source: 'dummy-source' }, 'source'],
      [{ name: 'model', source: 'models:/greeting/1' }, 'source'],
    ] as const) {
      expect(await call('POST', 'model-versions/create', refused)).toMatchObject({ status: 400, body: { field } });
    }
    expect((await call('POST', 'registered-models/create', { name: 'greeting' })).body).toMatchObject({
      error_code: 'RESOURCE_ALREADY_EXISTS',
      message: "The name 'greeting' is taken by a prompt, so no registered model can have it.",
    });
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
    ['POST', 'model-versions/create', { name: 'taken', source: 's3://b/m', model_id: 'm-1' }, 404, 'model_id'],
    ['POST', 'model-versions/create', { name: 'taken', source: `runs:/${'f'.repeat(32)}/m` }, 404, 'run_id'],
    [
      'POST',
      'model-versions/create',
      { name: 'none', source: `mlflow-artifacts:/0/${'f'.repeat(32)}/artifacts/m` },
      400,
      'source',
    ],
    ['GET', 'model-versions/get', { name: 'x'.repeat(300), version: '1' }, 404, 'version'],
    ['GET', 'registered-models/get', { name: 'a/b' }, 400, 'name'],
    ['DELETE', 'registered-models/delete', { name: 'a/b' }, 400, 'name'],
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
    ['POST', 'registered-models/alias', { name: 'taken', version: '1' }, 400, 'alias'],
    ['POST', 'registered-models/alias', { name: 'taken', version: '1', alias: 'latest' }, 400, 'alias'],
    ['POST', 'registered-models/alias', { name: 'taken', version: '1', alias: 'V2' }, 400, 'alias'],
    ['POST', 'registered-models/alias', { name: 'taken', version: '1', alias: 'a b' }, 400, 'alias'],
    ['POST', 'registered-models/alias', { name: 'taken', version: '9', alias: 'a' }, 404, 'version'],
    ['POST', 'registered-models/alias', { name: 'none', version: '1', alias: 'a' }, 404, 'name'],
    ['GET', 'registered-models/alias', { name: 'taken', alias: 'none' }, 400, 'alias'],
    ['GET', 'registered-models/alias', { name: 'none', alias: 'none' }, 404, 'name'],
    ['DELETE', 'registered-models/alias', { name: 'none', alias: 'none' }, 404, 'name'],
    ['POST', 'model-versions/transition-stage', { name: 'taken', version: 1, stage: 'Staging' }, 400, 'version'],
    [
      'POST',
      'model-versions/transition-stage',
      { name: 'taken', version: '1', stage: 'Staging', archive_existing_versions: 'true' },
      400,
      'archive_existing_versions',
    ],
    ['PATCH', 'model-versions/update', { name: 'taken', version: 1, description: 'd' }, 400, 'version'],
    ['POST', 'model-versions/set-tag', { name: 'taken', version: 1, key: 'k', value: '' }, 400, 'version'],
    ['POST', 'registered-models/alias', { name: 'taken', version: 1, alias: 'a' }, 400, 'version'],
    ['DELETE', 'model-versions/delete', { name: 'taken', version: 1 }, 400, 'version'],
    ['GET', 'model-versions/get', { name: 'taken', version: '1.0' }, 400, 'version'],
    ['GET', 'model-versions/get', { name: 'taken', version: '0' }, 404, 'version'],
    ['GET', 'model-versions/get', { name: 'taken', version: '-1' }, 404, 'version'],
    ['GET', 'model-versions/get', { name: 'taken', version: '1099511627776' }, 404, 'version'],
    ['POST', 'model-versions/set-tag', { name: 'taken', version: '0', key: 'k', value: '' }, 404, 'version'],
    ['DELETE', 'model-versions/delete', { name: 'taken', version: '1099511627776' }, 404, 'version'],
    ['GET', 'model-versions/get', { name: 'none', version: '1' }, 404, 'version'],
    ['GET', 'registered-models/get', { name: 'none' }, 404, 'name'],
  ] as const)('refuses %s %s with %j', async (method, path, input, status, field) => {
    await create('taken');
    await createVersion('taken');
    expect(await call(method, path, input)).toMatchObject({ status, body: { field } });
  });
});
