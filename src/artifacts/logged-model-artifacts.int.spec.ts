import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ExperimentId } from '../core/index.js';
import { ArtifactsModule, artifactsEvents, artifactsProjections } from './index.js';
import { RoomLab, RUN } from './testing/room-lab.js';

const PROXY = '/api/2.0/mlflow-artifacts/artifacts';
const MODEL = `m-${RUN}`;
const DELETED = `m-${'0'.repeat(32)}`;

describe('the files of logged models', () => {
  let lab: RoomLab;
  beforeEach(async () => {
    lab = await RoomLab.open({
      modules: [ArtifactsModule],
      events: artifactsEvents,
      projections: artifactsProjections,
    });
    lab.runs.runs.set(MODEL, { experimentId: '1' as ExperimentId, active: true });
    lab.runs.runs.set(DELETED, { experimentId: '1' as ExperimentId, active: false });
  });
  afterEach(() => lab.close());

  const put = (path: string, payload = 'x') => lab.app.inject({ method: 'PUT', url: `${PROXY}/${path}`, payload });
  const get = (url: string) => lab.app.inject({ method: 'GET', url });
  const post = (path: string, payload: object) =>
    lab.app.inject({ method: 'POST', url: `/api/2.0/mlflow/artifacts/${path}`, payload });

  it('go in, are listed and come out, and the log says whose they are', async () => {
    expect((await put(`1/models/${MODEL}/artifacts/data/model.skops`, 'bytes')).statusCode).toBe(200);
    const listed = await get(`${PROXY}?path=${encodeURIComponent(`1/models/${MODEL}/artifacts/data`)}`);
    expect(listed.json()).toEqual({ files: [{ path: 'model.skops', is_dir: false, file_size: 5 }] });
    expect((await get(`${PROXY}/1/models/${MODEL}/artifacts/data/model.skops`)).body).toBe('bytes');
    const [event] = await lab.ledger.read(`artifacts-model-${MODEL}`);
    expect(event!.data).toMatchObject({ modelId: MODEL, experimentId: '1', path: 'data/model.skops' });
    expect(event!.data).not.toHaveProperty('runId');
    expect(artifactsEvents[0]!.resource(event!.data).parents).toEqual([
      { kind: 'logged-model', id: MODEL },
      { kind: 'experiment', id: '1' },
    ]);
  });

  it('are not those of a run with the same digits', async () => {
    await put(`1/models/${MODEL}/artifacts/a`, 'of the model');
    await put(`1/${RUN}/artifacts/a`, 'of the run');
    expect((await get(`${PROXY}/1/models/${MODEL}/artifacts/a`)).body).toBe('of the model');
    expect((await get(`${PROXY}/1/${RUN}/artifacts/a`)).body).toBe('of the run');
  });

  it.each([
    [`1/models/${DELETED}/artifacts/a`, 400],
    [`2/models/${MODEL}/artifacts/a`, 404],
    [`1/models/m-${'9'.repeat(32)}/artifacts/a`, 404],
    [`1/models/${RUN}/artifacts/a`, 400],
    [`1/${MODEL}/artifacts/a`, 400],
    [`1/models/${MODEL}/a`, 400],
    [`1/models/${MODEL}/artifacts/%2e%2e/a`, 400],
    [`1/models/..%2f${MODEL}/artifacts/a`, 400],
  ])('are not taken at %s', async (path, status) => {
    expect((await put(path)).statusCode).toBe(status);
    expect(await lab.events()).toEqual([]);
  });

  it.each([
    ['presigned-upload-url', { run_id: RUN, path: 'a' }, 400, 'no-presigned-urls'],
    ['presigned-upload-url', { model_id: MODEL, path: 'a' }, 400, 'no-presigned-urls'],
    ['presigned-upload-url', { model_id: MODEL, run_id: RUN, path: 'a' }, 400, 'one-owner'],
    ['presigned-upload-url', { path: 'a' }, 400, 'one-owner'],
    ['presigned-upload-url', { model_id: RUN, path: 'a' }, 404, 'logged-model-not-found'],
    ['presigned-upload-url', { run_id: MODEL, path: 'a' }, 404, 'run-not-found'],
    ['presigned-upload-url', { run_id: RUN, path: '../a' }, 400, 'artifact-path-invalid'],
    ['presigned-download-url', { run_id: RUN, path: 'a' }, 400, 'no-presigned-urls'],
    ['presigned-download-url', { run_id: 'nope', path: 'a' }, 404, 'run-not-found'],
    ['presigned-download-url', { path: 'a' }, 400, 'invalid-parameter'],
  ])('have no URL that leads around the server: %s %j', async (path, body, status, code) => {
    const answer = await post(path, body);
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([status, code]);
  });

  it('nor has the proxy, which says that it can’t', async () => {
    const answer = await get(`/api/2.0/mlflow-artifacts/presigned/1/${RUN}/artifacts/a`);
    expect([answer.statusCode, answer.json<{ error_code: string }>().error_code]).toEqual([501, 'NOT_IMPLEMENTED']);
    expect((await get('/api/2.0/mlflow-artifacts/presigned/..%2fa')).statusCode).toBe(400);
  });
});
