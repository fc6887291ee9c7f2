import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Role, ROLES } from '../../src/core/index.js';
import { Requirement } from '../../src/http/index.js';
import { allows, MATRIX } from '../../src/identity/index.js';
import { account, freshServer, Http } from '../support/custody.js';
import { allRoutes, Route } from '../support/routes.js';

/*
 * Every route that there is, as every role, held everywhere, for names that fit, and for names that don't:
 * whether it answers 403 is what the matrix says, and nothing else. What else is wrong with the request
 * (most of them are) does not matter here.
 */

const MLFLOW = '/api/2.0/mlflow';
const SCOPED = ['viewer', 'analyst', 'reviewer'] as const satisfies readonly Role[];
const OCTETS = { 'content-type': 'application/octet-stream' };

/** Of an experiment and a model alike, so that one pattern stands for both. */
const NAME = 'lims';

interface Someone {
  readonly who: string;
  readonly http: Http;
  readonly roles: readonly Role[];
  readonly scoped?: { readonly role: Role; readonly fits: boolean };
}

let custody: Awaited<ReturnType<typeof freshServer>>;
let people: readonly Someone[];
let fields: Readonly<Record<string, unknown>>;
const ids = { job: '', prediction: '', user: '', artifacts: '', dataset: '', approval: '' };

beforeAll(async () => {
  custody = await freshServer([], { CUSTODY_PRODUCTION_APPROVALS: '1' });
  const analyst = await account(custody.admin, 'set.up', ['analyst']);
  await prepare(analyst);
  people = [
    ...(await Promise.all(ROLES.map(everywhere))),
    { who: 'nobody in particular', http: await account(custody.admin, 'no.role', []), roles: [] },
    ...(await Promise.all(SCOPED.flatMap((role) => [true, false].map((fits) => byName(role, fits))))),
  ];
}, 180_000);
afterAll(() => custody.end());

async function everywhere(role: Role): Promise<Someone> {
  return { who: role, http: await account(custody.admin, `every.${role}`, [role]), roles: [role] };
}

async function byName(role: Role, fits: boolean): Promise<Someone> {
  const login = `${role}.${fits ? 'here' : 'elsewhere'}`;
  const http = await account(custody.admin, login, []);
  const { body: me } = await http.get<{ user_id: string }>('/api/v1/users/me');
  for (const kind of ['experiments', 'models']) {
    const grant = { role, [kind]: fits ? 'li*s' : 'other*', reason: 'a test' };
    const { status, body } = await custody.admin.post(`/api/v1/users/${me.user_id}/grants`, grant);
    if (status !== 201) throw new Error(JSON.stringify(body));
  }
  return { who: `${role} for names that ${fits ? 'fit' : 'do not fit'}`, http, roles: [], scoped: { role, fits } };
}

/** One of everything. */
async function prepare(analyst: Http): Promise<void> {
  const post = async <T>(path: string, body: object): Promise<T> => {
    const answer = await analyst.post<T>(path, body);
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const { experiment_id } = await post<{ experiment_id: string }>(`${MLFLOW}/experiments/create`, { name: NAME });
  const { run } = await post<{ run: { info: { run_id: string } } }>(`${MLFLOW}/runs/create`, { experiment_id });
  const { run_id } = run.info;
  const { model } = await post<{ model: { info: { model_id: string } } }>(`${MLFLOW}/logged-models`, {
    experiment_id,
    name: 'model',
  });
  await post(`${MLFLOW}/registered-models/create`, { name: NAME });
  ids.artifacts = `${experiment_id}/${run_id}/artifacts/model/x`;
  await analyst.send('PUT', `/api/2.0/mlflow-artifacts/artifacts/${ids.artifacts}`, 'x', OCTETS);
  await post(`${MLFLOW}/model-versions/create`, { name: NAME, source: `runs:/${run_id}/model` });
  const action = { type: 'stage', name: NAME, version: '1', stage: 'Production' };
  const asked = await post<{ approval_id: string }>('/api/v1/approvals', { kind: 'model-version', action });
  ids.approval = asked.approval_id;
  const rows = Array.from({ length: 40 }, (_, i) => `S${i},${6 + (i % 7) / 5},4,0.8,${1 + (i % 5)},${i % 2}`);
  const csv = `sample_id,ph_level,temperature,turbidity,processing_time,is_contaminated\n${rows.join('\n')}\n`;
  const dataset = await analyst.send<{ dataset_id: string }>('POST', '/api/v1/datasets?name=samples', csv, {
    'content-type': 'text/csv',
  });
  if (dataset.status >= 300) throw new Error(JSON.stringify(dataset.body));
  ids.dataset = dataset.body.dataset_id;
  const job = await post<{ job_id: string }>('/api/v1/training-jobs', {
    dataset_id: ids.dataset,
    experiment_name: NAME,
    registered_model_name: NAME,
  });
  ids.job = job.job_id;
  ids.user = (
    await (await account(custody.admin, 'vic.tim', [])).get<{ user_id: string }>('/api/v1/users/me')
  ).body.user_id;
  fields = {
    experiment_id,
    experiment_ids: [experiment_id],
    experiment_name: NAME,
    run_id,
    run_ids: [run_id],
    action: { name: NAME },
    name: NAME,
    new_name: NAME,
    registered_model_name: NAME,
    version: '1',
    model_id: model.info.model_id,
    source: `runs:/${run_id}/model`,
    model: `models:/${NAME}/1`,
  };
}

/** A request that names what there is, in every way in which a route may ask for it. */
function requestFor({ method, controller }: Route, path: string) {
  const url = path
    .replace(':model_id', String(fields['model_id']))
    .replace(':name', NAME)
    .replace('*', path.includes('logged-models') ? 'key' : ids.artifacts)
    .replace(/:\w+/, () => {
      if (controller.includes('Training')) return ids.job;
      if (controller.includes('Dataset')) return ids.dataset;
      if (controller.includes('Approvals')) return ids.approval;
      return ids.user;
    })
    .replace(/:\w+/g, 'x');
  if (method === 'PUT' && !path.startsWith('/scim/')) return { url, body: 'x', headers: OCTETS };
  const asksByQuery = method === 'GET';
  const path_ = url.endsWith('/mlflow-artifacts/artifacts') ? { path: ids.artifacts } : {};
  const query = new URLSearchParams();
  if (asksByQuery)
    for (const [name, value] of Object.entries({ ...fields, ...path_ }))
      for (const each of [value].flat()) query.append(name, String(each));
  return { url: asksByQuery ? `${url}?${query.toString()}` : url, body: asksByQuery ? undefined : fields, headers: {} };
}

/** What the matrix says: roles that hold everywhere, then a role by name on what the route says it is about. */
function permitted({ requires, also }: Route, { roles, scoped }: Someone): boolean {
  if (requires === 'public') return true;
  const all = [requires, also].filter((each): each is Requirement => each !== undefined);
  return all.every(({ action, subject }) => {
    if (allows(roles, action)) return true;
    if (!scoped || subject === undefined || !MATRIX[scoped.role].has(action)) return false;
    return subject === 'seen' || scoped.fits;
  });
}

/** Nothing was predicted here, and what there is not is covered by no pattern. */
const NOT_THERE = new Set(['PredictionsController.get']);

describe('every route, as everybody', () => {
  const routes = allRoutes();

  it('is refused to those whom the matrix does not let in, and to nobody else', async () => {
    const wrong: string[] = [];
    let asked = 0;
    for (const someone of people)
      for (const route of routes)
        for (const path of route.paths) {
          const expected = permitted(route, someone) && !(someone.scoped && NOT_THERE.has(route.name));
          const { url, body, headers } = requestFor(route, path);
          const { status } = await someone.http.send(route.method, url, body, headers);
          asked++;
          if (status === 401 || (status >= 500 && status !== 501) || (status === 403) === expected)
            wrong.push(`${someone.who}: ${route.method} ${path} (${route.name}) answered ${status}`);
        }
    expect(wrong).toEqual([]);
    expect(asked).toBe(people.length * routes.reduce((sum, { paths }) => sum + paths.length, 0));
    expect(asked).toBeGreaterThan(2000);
  }, 300_000);

  it('looks also at what metrics and inputs name inside a body', async () => {
    const everywhere = await account(custody.admin, 'all.over', ['analyst']);
    const { body: other } = await everywhere.post<{ experiment_id: string }>(`${MLFLOW}/experiments/create`, {
      name: 'of others',
    });
    const { body: made } = await everywhere.post<{ model: { info: { model_id: string } } }>(`${MLFLOW}/logged-models`, {
      experiment_id: other.experiment_id,
      name: 'theirs',
    });
    const theirs = made.model.info.model_id;
    const { http } = people.find(({ scoped }) => scoped?.role === 'analyst' && scoped.fits)!;
    const { body: begun } = await http.post<{ run: { info: { run_id: string } } }>(`${MLFLOW}/runs/create`, {
      experiment_id: fields['experiment_id'],
    });
    const { run_id } = begun.run.info;
    const metrics = (model_id: unknown) => [{ key: 'auc', value: 1, timestamp: 1, model_id }];
    const send = (path: string, body: object) => http.post(`${MLFLOW}/runs/${path}`, { run_id, ...body });
    const { body: mine } = await http.post<{ model: { info: { model_id: string } } }>(`${MLFLOW}/logged-models`, {
      experiment_id: fields['experiment_id'],
      name: 'own',
    });
    const own = mine.model.info.model_id;
    for (const [model_id, status] of [
      [own, 200],
      [theirs, 403],
    ] as const) {
      expect((await send('log-batch', { metrics: metrics(model_id) })).status).toBe(status);
      expect((await send('log-inputs', { models: [{ model_id }] })).status).toBe(status);
      expect((await send('outputs', { models: [{ model_id, step: 0 }] })).status).toBe(status);
    }
    expect((await send('log-inputs', { datasets: [] })).status).toBe(200);
  });

  it('that lists leaves out what somebody may not see, counts included', async () => {
    await custody.admin.get('/health');
    const analyst = await account(custody.admin, 'o.ther', ['analyst']);
    await analyst.post(`${MLFLOW}/experiments/create`, { name: 'secret' });
    await analyst.post(`${MLFLOW}/registered-models/create`, { name: 'secret' });
    const lists = [
      ['POST', `${MLFLOW}/experiments/search`, { max_results: 100 }],
      ['GET', `${MLFLOW}/registered-models/search`, undefined],
      ['GET', `${MLFLOW}/model-versions/search`, undefined],
      ['POST', `${MLFLOW}/runs/search`, { experiment_ids: ['0', fields['experiment_id']] }],
      ['GET', '/api/v1/training-jobs', undefined],
    ] as const;
    const here = people.find(({ scoped }) => scoped?.fits)!.http;
    const elsewhere = people.find(({ scoped }) => scoped?.fits === false)!.http;
    for (const [method, path, body] of lists) {
      const seen = await here.send(method, path, body);
      expect(JSON.stringify(seen.body)).not.toContain('secret');
      expect([path, (await elsewhere.send(method, path, body)).status]).toEqual([path, 200]);
      expect(Object.values((await elsewhere.send(method, path, body)).body).flat()).toEqual([]);
    }
    expect(JSON.stringify((await here.get(`/api/v1/training-jobs`)).body)).toContain(NAME);
  });
});
