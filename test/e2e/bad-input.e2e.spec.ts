import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { account, Answer, freshServer, Http } from '../support/custody.js';

const MLFLOW = '/api/2.0/mlflow';
const NO_RUN = 'f'.repeat(32);

let custody: Awaited<ReturnType<typeof freshServer>>;
let analyst: Http;
let auditor: Http;
let runId: string;

beforeAll(async () => {
  custody = await freshServer();
  analyst = await account(custody.admin, 'ana.lyst', ['analyst']);
  auditor = await account(custody.admin, 'audi.tor', ['auditor']);
  const started = await analyst.post<{ run: { info: { run_id: string } } }>(`${MLFLOW}/runs/create`, {
    experiment_id: '0',
    run_name: 'the run',
  });
  runId = started.body.run.info.run_id;
  await analyst.post(`${MLFLOW}/runs/log-parameter`, { run_id: runId, key: 'depth', value: '5' });
  await analyst.post(`${MLFLOW}/registered-models/create`, { name: 'model' });
  await analyst.post(`${MLFLOW}/model-versions/create`, {
    name: 'model',
    source: `runs:/${runId}/model`,
    run_id: runId,
  });
});
afterAll(() => custody.end());

/** What every answer to bad input must be: no server error, no trace of the code, the request's id. */
function expectDecent({ status, body, headers }: Answer): void {
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  expect(JSON.stringify(body)).not.toMatch(/\bat .*\.(js|ts):\d+|node_modules|SQLITE|better-sqlite/);
  expect(headers.get('x-request-id')).toBeTruthy();
}

describe('MLflow’s paths answer bad input in MLflow’s shape', () => {
  it.each<[string, string, unknown, number, string, RegExp]>([
    [
      'a run that does not exist',
      'runs/log-metric',
      { run_id: NO_RUN, key: 'a', value: 1, timestamp: 1 },
      404,
      'RESOURCE_DOES_NOT_EXIST',
      /ffff/,
    ],
    [
      'a run id with a path in it',
      'runs/log-metric',
      { run_id: '../../etc/passwd', key: 'a', value: 1, timestamp: 1 },
      404,
      'RESOURCE_DOES_NOT_EXIST',
      /not found/,
    ],
    ['no run id', 'runs/log-metric', { key: 'a', value: 1, timestamp: 1 }, 400, 'INVALID_PARAMETER_VALUE', /run_id/],
    [
      'a metric value that is no number',
      'runs/log-metric',
      { run_id: 'RUN', key: 'a', value: 'high', timestamp: 1 },
      400,
      'INVALID_PARAMETER_VALUE',
      /value/,
    ],
    [
      'a time that is no integer',
      'runs/log-metric',
      { run_id: 'RUN', key: 'a', value: 1, timestamp: 'now' },
      400,
      'INVALID_PARAMETER_VALUE',
      /timestamp/,
    ],
    [
      'a key with a path trick',
      'runs/log-metric',
      { run_id: 'RUN', key: '../a', value: 1, timestamp: 1 },
      400,
      'INVALID_PARAMETER_VALUE',
      /key/,
    ],
    [
      'a parameter with another value',
      'runs/log-parameter',
      { run_id: 'RUN', key: 'depth', value: '7' },
      400,
      'INVALID_PARAMETER_VALUE',
      /'5'.*'7'/,
    ],
    [
      'a list that is no list',
      'runs/log-batch',
      { run_id: 'RUN', metrics: 'all of them' },
      400,
      'INVALID_PARAMETER_VALUE',
      /metrics/,
    ],
    [
      'a wrong item in a list',
      'runs/log-batch',
      {
        run_id: 'RUN',
        params: [
          { key: 'a', value: 'b' },
          { key: 3, value: 'x' },
        ],
      },
      400,
      'INVALID_PARAMETER_VALUE',
      /params\[1\]\.key/,
    ],
    [
      'too many metrics',
      'runs/log-batch',
      {
        run_id: 'RUN',
        metrics: Array.from({ length: 1001 }, (_, step) => ({ key: 'a', value: 1, timestamp: 1, step })),
      },
      400,
      'INVALID_PARAMETER_VALUE',
      /1000/,
    ],
    ['an unknown status', 'runs/update', { run_id: 'RUN', status: 'DONE' }, 400, 'INVALID_PARAMETER_VALUE', /FINISHED/],
    [
      'an experiment that does not exist',
      'runs/create',
      { experiment_id: '4711' },
      404,
      'RESOURCE_DOES_NOT_EXIST',
      /4711/,
    ],
    ['a name that is taken', 'experiments/create', { name: 'Default' }, 400, 'RESOURCE_ALREADY_EXISTS', /Default/],
    ['an empty name', 'experiments/create', { name: '' }, 400, 'INVALID_PARAMETER_VALUE', /name/],
    [
      'a model name that is taken',
      'registered-models/create',
      { name: 'model' },
      400,
      'RESOURCE_ALREADY_EXISTS',
      /model/,
    ],
    [
      'an unknown stage',
      'model-versions/transition-stage',
      { name: 'model', version: '1', stage: 'Prod' },
      400,
      'INVALID_PARAMETER_VALUE',
      /Production/,
    ],
    [
      'a version that does not exist',
      'model-versions/transition-stage',
      { name: 'model', version: '9', stage: 'Staging' },
      404,
      'RESOURCE_DOES_NOT_EXIST',
      /9/,
    ],
    [
      'a source on the server’s own disk',
      'model-versions/create',
      { name: 'model', source: 'file:///etc/passwd' },
      400,
      'INVALID_PARAMETER_VALUE',
      /source/,
    ],
    [
      'a source with a path trick',
      'model-versions/create',
      { name: 'model', source: `runs:/${NO_RUN}/../../x`, run_id: NO_RUN },
      400,
      'INVALID_PARAMETER_VALUE',
      /source/,
    ],
    [
      'a made-up page token',
      'runs/search',
      { experiment_ids: ['0'], page_token: 'bm90IG91cnM' },
      400,
      'INVALID_PARAMETER_VALUE',
      /page/,
    ],
    ['an endpoint that does not exist', 'runs/eat', {}, 404, 'ENDPOINT_NOT_FOUND', /runs\/eat/],
  ])('%s', async (_, path, body, status, code, message) => {
    const sent = JSON.parse(JSON.stringify(body).replaceAll('"RUN"', JSON.stringify(runId))) as unknown;
    const answer = await analyst.post<{ error_code: string; message: string }>(`${MLFLOW}/${path}`, sent);
    expectDecent(answer);
    expect(answer.status).toBe(status);
    expect(answer.body.error_code).toBe(code);
    expect(answer.body.message).toMatch(message);
  });

  it('malformed JSON, an unknown content type, and a body that is too large', async () => {
    const malformed = await analyst.send('POST', `${MLFLOW}/runs/create`, '{"experiment_id": ', {
      'content-type': 'application/json',
    });
    expectDecent(malformed);
    expect(malformed.body).toMatchObject({ error_code: 'BAD_REQUEST' });
    const unknown = await analyst.send('POST', `${MLFLOW}/runs/create`, '<run/>', {
      'content-type': 'application/xml',
    });
    expectDecent(unknown);
    const large = await analyst.post(`${MLFLOW}/runs/set-tag`, {
      run_id: runId,
      key: 'a',
      value: 'x'.repeat(3 * 1024 * 1024),
    });
    expect(large.status).toBe(413);
    expectDecent(large);
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ['half a character in a name', '{"name": "x\\ud800"}', /'name'.*surrogate/],
    ['NUL in a name', '{"name": "x\\u0000"}', /'name'.*NUL/],
    [
      'half a character deep inside',
      '{"name": "ok", "tags": [{"key": "a", "value": "b\\udfff"}]}',
      /'tags\[0\]\.value'/,
    ],
    ['bytes that are no text', Buffer.from([0x7b, 0x22, 0x6e, 0x22, 0x3a, 0x22, 0xe9, 0xff, 0x22, 0x7d]), /UTF-8/],
    ['a body nested a hundred thousand times', '['.repeat(100_000), /deep/],
    ['null instead of an object', 'null', /JSON object/],
    ['a name that JavaScript has for itself', '{"name": "x", "__proto__": {"a": 1}}', /'__proto__'.*reserved/],
    ['another such name', '{"name": "x", "constructor": {"prototype": 1}}', /'constructor'.*reserved/],
  ])('%s is refused, and reads go on', async (_, body, message) => {
    const answer = await analyst.send<{ error_code: string; message: string }>(
      'POST',
      `${MLFLOW}/experiments/create`,
      body,
      { 'content-type': 'application/json' },
    );
    expectDecent(answer);
    expect(answer.status).toBe(400);
    expect(answer.body.error_code).toBe('INVALID_PARAMETER_VALUE');
    expect(answer.body.message).toMatch(message);
    expect((await analyst.get(`${MLFLOW}/experiments/get?experiment_id=0`)).status).toBe(200);
  });

  it('a creation with more tags than an event holds is refused by name, and takes no name', async () => {
    const tags = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ key: `k${at}`, value: 'x'.repeat(50_000) }));
    const create = (call: string, count: number) =>
      analyst.post<{ error_code: string; message: string }>(`${MLFLOW}/${call}`, {
        name: 'large',
        source: `runs:/${runId}/model`,
        run_id: runId,
        tags: tags(count),
      });
    for (const call of ['registered-models/create', 'model-versions/create']) {
      const { status, body } = await create(call, 30);
      expect([status, body.error_code, body.message]).toEqual([
        400,
        'INVALID_PARAMETER_VALUE',
        expect.stringMatching(/'tags' has 15\d{5} bytes/),
      ]);
      expect((await create(call, 10)).status).toBe(200);
    }
  });

  it('wide tables are taken as inputs, many in a call, up to a limit that the answer names', async () => {
    const columns = Array.from({ length: 10_000 }, (_, at) => ({
      type: 'double',
      name: `a rather long name of a column, number ${at}`,
      required: true,
    }));
    const wide = JSON.stringify({ mlflow_colspec: columns });
    const table = (name: string, schema: string) => ({
      dataset: { name, digest: 'd', source_type: 'local', source: '{}', schema, profile: '{"num_rows": 1}' },
    });
    const some = Array.from({ length: 60 }, (_, at) => table(`t${at}`, wide.slice(0, 50_000)));
    const log = (datasets: readonly object[]) =>
      analyst.post<{ message: string }>(`${MLFLOW}/runs/log-inputs`, { run_id: runId, datasets });
    expect((await log([table('wide', wide), ...some])).status).toBe(200);
    const { body } = await analyst.get<{ run: { inputs: { dataset_inputs: { dataset: { schema: string } }[] } } }>(
      `${MLFLOW}/runs/get?run_id=${runId}`,
    );
    const schemas = body.run.inputs.dataset_inputs.map(({ dataset }) => dataset.schema);
    expect([schemas.length, schemas.includes(wide)]).toEqual([61, true]);
    const refused = await log([table('more', ''), { profile: 'p'.repeat(9 * 1024 * 1024) }]);
    expect([refused.status, refused.body.message]).toEqual([413, expect.stringMatching(/limit .* 8388608 bytes/)]);
  });

  it('a refused batch leaves nothing behind', async () => {
    const before = await analyst.get(`${MLFLOW}/runs/get?run_id=${runId}`);
    const refused = await analyst.post(`${MLFLOW}/runs/log-batch`, {
      run_id: runId,
      metrics: [{ key: 'half', value: 1, timestamp: 1, step: 1 }],
      params: [{ key: 'depth', value: '6' }],
      tags: [{ key: 'half', value: 'done' }],
    });
    expect(refused.status).toBe(400);
    expect((await analyst.get(`${MLFLOW}/runs/get?run_id=${runId}`)).body).toEqual(before.body);
  });
});

describe('our own paths answer bad input as problem+json that names the field', () => {
  it.each<[string, string, string, unknown, number, string | undefined, RegExp]>([
    [
      'a data set that does not exist',
      'POST',
      '/api/v1/training-jobs',
      { dataset_id: 'd-none', experiment_name: 'e', registered_model_name: 'm' },
      404,
      'dataset_id',
      /d-none/,
    ],
    ['no samples', 'POST', '/api/v1/predictions', { model: 'models:/model/Production' }, 400, 'samples', /samples/],
    [
      'a model without a version in Production',
      'POST',
      '/api/v1/predictions',
      { model: 'models:/model/Production', samples: [{ sample_id: 'a' }] },
      404,
      undefined,
      /Production/,
    ],
    ['a job that does not exist', 'GET', '/api/v1/training-jobs/none', undefined, 404, undefined, /none/],
  ])('%s', async (_, method, path, body, status, field, message) => {
    const answer = await analyst.send<{ detail: string; field?: string; status: number; request_id: string }>(
      method,
      path,
      body,
    );
    expectDecent(answer);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body.detail).toMatch(message);
    if (field !== undefined) expect(answer.body.field).toBe(field);
    expect(answer.body.request_id).toBe(answer.headers.get('x-request-id'));
  });

  it.each([
    ['not a table', 'one,two\n1\n', /line 2/],
    ['no rows', 'a,b\n', /line 2/],
    ['nothing', '', /empty|body/],
    ['two columns of one name', 'a,a\n1,2\n', /twice/],
  ])('a CSV file that is %s is refused with its line', async (_, csv, message) => {
    const answer = await analyst.send<{ detail: string }>('POST', '/api/v1/datasets?name=bad', csv, {
      'content-type': 'text/csv',
    });
    expectDecent(answer);
    expect(answer.body.detail).toMatch(message);
  });

  it('training data with bad rows is refused with line and column, and nothing is recorded as trained', async () => {
    const csv =
      'sample_id,ph_level,temperature,turbidity,processing_time,is_contaminated\nS1,7.2,4.0,0.8,2.4,0\nS2,7.2,4.0,0.8,2.4,maybe\n';
    const dataset = await analyst.send<{ dataset_id: string }>('POST', '/api/v1/datasets?name=maybe', csv, {
      'content-type': 'text/csv',
    });
    const answer = await analyst.post<{ detail: string }>('/api/v1/training-jobs', {
      dataset_id: dataset.body.dataset_id,
      experiment_name: 'e',
      registered_model_name: 'm',
    });
    expectDecent(answer);
    expect(answer.body.detail).toMatch(/line 3.*is_contaminated/s);
    const jobs = await analyst.get<{ training_jobs?: unknown[]; jobs?: unknown[] }>('/api/v1/training-jobs');
    expect(jobs.body.training_jobs ?? jobs.body.jobs ?? []).toEqual([]);
  });

  it.each([
    ['from', 'yesterday', /from must be a time/],
    ['action', 'RunEaten', /RunEaten/],
    ['resource', 'run', /kind and an id/],
    ['outcome', 'great', /ok, denied, failed/],
    ['limit', '0', /limit/],
    ['page_token', 'x', /page_token/],
    ['analyst', 'nobody.known', /nobody\.known/],
  ])('the trail refuses a wrong %s', async (field, value, message) => {
    const answer = await auditor.get<{ detail: string; field: string }>(
      `/api/v1/audit/events?${new URLSearchParams({ [field]: value }).toString()}`,
    );
    expectDecent(answer);
    expect(answer.body.field).toBe(field);
    expect(answer.body.detail).toMatch(message);
  });

  it.each([
    ['GET', '/api/v1/audit/events?outcom=denied', undefined, 'outcom'],
    ['GET', '/api/v1/users?login=ana', undefined, 'login'],
    [
      'POST',
      '/api/v1/users',
      { login: 'new.one', display_name: 'x', roles: ['viewer'], password: 'I would like this one' },
      'password',
    ],
    ['POST', '/api/v1/tokens', { name: 'x' }, 'name'],
  ])(
    '%s %s with a field that does not exist is refused, not answered as if it were not there',
    async (method, path, body, field) => {
      const answer = await custody.admin.send<{ field: string; detail: string }>(method, path, body);
      expect(answer.status).toBe(400);
      expect(answer.body.field).toBe(field);
      expect(answer.body.detail).toContain('no such parameter');
    },
  );

  it('a cursor with other filters than its own is refused', async () => {
    const first = await auditor.get<{ next_page_token: string }>('/api/v1/audit/events?limit=1');
    const other = await auditor.get<{ code: string }>(
      `/api/v1/audit/events?limit=1&order=asc&page_token=${first.body.next_page_token}`,
    );
    expect(other.status).toBe(400);
    expect(other.body.code).toBe('page-token-of-other-filters');
  });
});

describe('nobody is nobody', () => {
  const trail = async (outcome: string) =>
    (
      await auditor.get<{ events: { action: string; outcome: string }[] }>(
        `/api/v1/audit/events?outcome=${outcome}&limit=1000`,
      )
    ).body.events.length;

  it('a request without credentials gets 401, and leaves a trace in the trail', async () => {
    const before = await trail('failed');
    const answer = await new Http(custody.url).post(`${MLFLOW}/runs/create`, {});
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('Basic');
    expect(await trail('failed')).toBe(before + 1);
  });

  it('a wrong password and an unknown login get the same answer', async () => {
    const wrong = await new Http(custody.url, 'nobody', 'a wrong password').get('/api/v1/users/me');
    const unknown = await new Http(custody.url, 'no.body', 'a wrong password').get('/api/v1/users/me');
    const text = ({ status, body }: Answer) => ({ status, ...(body as object), request_id: undefined });
    expect(wrong.status).toBe(401);
    expect(text(unknown)).toEqual(text(wrong));
  });

  it('what a role may not do is refused, and recorded', async () => {
    const before = await trail('denied');
    expect((await analyst.get('/api/v1/audit/events')).status).toBe(403);
    expect((await analyst.post('/api/v1/users', { login: 'x.y', display_name: 'x', roles: ['admin'] })).status).toBe(
      403,
    );
    expect(await trail('denied')).toBe(before + 2);
  });

  it('a search by thousands of ids goes through an address, and what is longer still is refused in MLflow’s shape', async () => {
    const ids = (count: number) => Array.from({ length: count }, (_, at) => `'${String(at).padStart(32, '0')}'`);
    const search = (filter: string) =>
      analyst.get<{ error_code: string }>(`${MLFLOW}/model-versions/search?filter=${encodeURIComponent(filter)}`);
    expect((await search(`run_id IN (${ids(2_500).join(', ')})`)).status).toBe(200);
    const refused = await search(`run_id IN (${ids(12_000).join(', ')})`);
    expect([refused.status, refused.body.error_code]).toEqual([431, 'BAD_REQUEST']);
    expectDecent(refused);
  });

  it('garbage instead of HTTP does not hurt', async () => {
    const { port } = new URL(custody.url);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.end('\u0000\u0001 not http\r\n\r\n'));
      socket.on('close', () => resolve());
      socket.on('error', () => resolve());
      socket.resume();
    });
    expect((await new Http(custody.url).get('/health')).status).toBe(200);
  });
});

describe('what is asked for is what is found', () => {
  it('a read sent to a server that is behind waits a bounded time and then says when to come back', async () => {
    const answer = await analyst.get(`${MLFLOW}/runs/get?run_id=${runId}`, { 'x-custody-position': '999999999' });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.body).toMatchObject({ error_code: 'TEMPORARILY_UNAVAILABLE' });
  });

  it('every write answers the position that it reached', async () => {
    const answer = await analyst.post(`${MLFLOW}/runs/log-metric`, {
      run_id: runId,
      key: 'm',
      value: 'NaN',
      timestamp: 1,
      step: 1,
    });
    expect(Number(answer.headers.get('x-custody-position'))).toBeGreaterThan(0);
    const read = await analyst.get<{ run: { data: { metrics: { key: string; value: unknown }[] } } }>(
      `${MLFLOW}/runs/get?run_id=${runId}`,
    );
    expect(read.body.run.data.metrics.find(({ key }) => key === 'm')?.value).toBe('NaN');
  });
});

describe('a path that leads nowhere', () => {
  const nobody = () => new Http(custody.url);
  const failures = async () => {
    const { body } = await auditor.get<{ events: { position: number; data: { route: string; why: string } }[] }>(
      '/api/v1/audit/events?action=SignInFailed&limit=1000',
    );
    return body.events;
  };

  it.each([
    ['GET', '/api/2.0/mlflow/gateway/routes'],
    ['POST', '/api/3.0/mlflow/traces/search'],
    ['GET', '/api/v1/secrets'],
    ['GET', '/favicon.ico'],
    ['PUT', '/health'],
    ['OPTIONS', '/api/v1/users'],
  ])('%s %s is answered with 401 to those who do not say who they are, and leaves a trace', async (method, path) => {
    const before = (await failures()).length;
    const answer = await nobody().send(method, path);
    expectDecent(answer);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('Basic');
    const after = await failures();
    expect(after).toHaveLength(before + 1);
  });

  it('is answered with 401 to a wrong password, too', async () => {
    const answer = await new Http(custody.url, 'ana.lyst', 'wrong').get('/api/2.0/mlflow/server-info');
    expect(answer.status).toBe(401);
  });

  it('is answered in MLflow’s way to those who may come in, by password or token', async () => {
    const token = await analyst.post<{ token: string }>('/api/v1/tokens', { label: 'probe' });
    const probe = (headers: Readonly<Record<string, string>>) =>
      nobody().get('/api/3.0/mlflow/gateway/endpoints/list', headers);
    const answers = [
      await probe({ authorization: `Bearer ${token.body.token}` }),
      await analyst.get('/api/3.0/mlflow/gateway/endpoints/list'),
    ];
    for (const { status, body } of answers) {
      expect(status).toBe(404);
      expect(body).toMatchObject({ error_code: 'ENDPOINT_NOT_FOUND' });
    }
  });

  it('is none of those that anyone may ask', async () => {
    const before = (await failures()).length;
    for (const path of ['/', '/health', '/version', '/health/live', '/health/ready'])
      expect((await nobody().get(path)).status).toBe(200);
    expect(await failures()).toHaveLength(before);
  });
});

describe('a path that is not validly percent-encoded', () => {
  it.each([
    `${MLFLOW}/runs/%zz`,
    `/ajax-api/3.0/mlflow/%`,
    '/api/2.0/mlflow-artifacts/artifacts/0/%zz/artifacts/x',
    '/api/2.0/mlflow-artifacts/artifacts/%c3%28',
  ])('is answered in MLflow’s shape on its paths: %s', async (path) => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const answer = await raw(method, path);
      expect(answer).toMatchObject({ status: 400, type: expect.stringContaining('application/json') });
      expect(answer.body).toEqual({
        error_code: 'INVALID_PARAMETER_VALUE',
        message: expect.stringContaining('percent'),
        sqlstate: 'KAM00',
        error_class: 'INVALID_PARAMETER_VALUE',
      });
    }
  });

  it.each(['/%zz', '/api/v1/users/%e0%a4%a'])('is answered in Custody’s shape elsewhere: %s', async (path) => {
    const answer = await raw('GET', path);
    expect(answer).toMatchObject({ status: 400, type: expect.stringContaining('application/problem+json') });
    expect(answer.body).toMatchObject({ status: 400, code: 'url-invalid', field: 'url', request_id: answer.requestId });
  });
});

describe('no body', () => {
  const empty = ['application/json', 'application/json; charset=utf-8', 'application/scim+json'];

  it('is no body, whatever type it is said to be of', async () => {
    for (const type of empty) {
      const headers = { 'content-type': type };
      const { token_id } = (await analyst.post<{ token_id: string }>('/api/v1/tokens', { label: type })).body;
      for (const body of [undefined, ''])
        expect((await analyst.send('DELETE', `/api/v1/tokens/${token_id}`, body, headers)).status).toBe(200);
      const made = await custody.admin.post<{ user_id: string }>('/api/v1/users', {
        login: `x${type.length}`,
        roles: [],
      });
      const disabled = await custody.admin.send('POST', `/api/v1/users/${made.body.user_id}/disable`, '', headers);
      expect([disabled.status, disabled.body]).toMatchObject([200, {}]);
    }
  });

  it('where there must be one is answered by the name of what is missing', async () => {
    for (const type of empty) {
      const headers = { 'content-type': type };
      const ours = await analyst.send('POST', '/api/v1/tokens', '', headers);
      expect([ours.status, ours.body]).toMatchObject([400, { code: 'invalid-parameter', field: 'label' }]);
      const theirs = await analyst.send('POST', `${MLFLOW}/experiments/create`, '', headers);
      expect([theirs.status, theirs.body]).toMatchObject([400, { error_code: 'INVALID_PARAMETER_VALUE' }]);
      expect(JSON.stringify(theirs.body)).toContain('name');
    }
  });
});

describe('a body that can not be read', () => {
  const bodies: readonly (readonly [string, string, string, number])[] = [
    ['is no JSON', '{"experiment_id": ', 'application/json', 400],
    ['is no object', '[1]', 'application/json', 400],
    ['holds half a character', '{"name": "\\ud800"}', 'application/json', 400],
    ['is of a type that nobody reads', 'name=x', 'application/x-www-form-urlencoded', 415],
    ['is too large', `{"name": "${'x'.repeat(3 * 1024 * 1024)}"}`, 'application/json', 413],
  ];
  it.each(bodies)('because it %s is spoken of only to somebody who may come in', async (_why, body, type, status) => {
    for (const path of [`${MLFLOW}/runs/create`, '/api/v1/users']) {
      for (const stranger of [new Http(custody.url), new Http(custody.url, 'nobody', 'a wrong password')]) {
        const before = await failedSignIns();
        const refused = await stranger.send('POST', path, body, { 'content-type': type });
        expect(refused.status).toBe(401);
        expect(refused.headers.get('www-authenticate')).toContain('Basic');
        expect(await failedSignIns()).toBe(before + 1);
      }
      expect((await analyst.send('POST', path, body, { 'content-type': type })).status).toBe(status);
    }
  });

  const failedSignIns = async (): Promise<number> => {
    const trail = '/api/v1/audit/events?action=SignInFailed&limit=1000';
    return (await custody.admin.get<{ events: unknown[] }>(trail)).body.events.length;
  };
});

/** One request with its path letter for letter, which `fetch` would mend. */
function raw(
  method: string,
  path: string,
): Promise<{ status: number; type: string; requestId: string; body: unknown }> {
  const { hostname, port } = new URL(custody.url);
  const authorization = `Basic ${Buffer.from('ana.lyst:a password of ana.lyst, long enough').toString('base64')}`;
  return new Promise((done, failed) => {
    const call = request({ hostname, port, method, path, headers: { authorization } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        done({
          status: response.statusCode!,
          type: String(response.headers['content-type']),
          requestId: String(response.headers['x-request-id']),
          body: JSON.parse(Buffer.concat(chunks).toString()) as unknown,
        }),
      );
    });
    call.on('error', failed);
    call.end();
  });
}
