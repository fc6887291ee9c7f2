import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManifestDigest, RunId } from '../../core/index.js';
import { ArtifactsModule, artifactsEvents, artifactsProjections, SealedArtifacts } from '../index.js';
import { RoomLab, RUN } from '../testing/room-lab.js';

const PROXY = '/api/2.0/mlflow-artifacts/artifacts';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('sealed artifacts', () => {
  let lab: RoomLab;
  let manifest: ManifestDigest;
  const send = (method: 'GET' | 'PUT' | 'DELETE', path: string, payload?: string) =>
    lab.app.inject({ method, url: `${PROXY}/${path}`, ...(payload === undefined ? {} : { payload }) });
  const seal = async (path: string) =>
    (await lab.app.get(SealedArtifacts).seal(lab.context(), RUN as RunId, path)) as ManifestDigest;
  const list = async (path: string) =>
    (await lab.app.inject({ method: 'GET', url: `${PROXY}?path=${path}` })).json<object>();

  beforeEach(async () => {
    lab = await RoomLab.open({
      modules: [ArtifactsModule],
      events: artifactsEvents,
      projections: artifactsProjections,
    });
    await send('PUT', `1/${RUN}/artifacts/model/MLmodel`, 'first');
    await send('PUT', `1/${RUN}/artifacts/model/data/trees.json`, '[]');
    await send('PUT', `1/${RUN}/artifacts/notes.txt`, 'notes');
    manifest = await seal('model');
  });
  afterEach(() => lab.close());

  it('stay what they were, whatever becomes of the paths', async () => {
    await send('PUT', `1/${RUN}/artifacts/model/MLmodel`, 'second');
    await send('DELETE', `1/${RUN}/artifacts/model/data`);
    expect((await send('GET', `sealed/${manifest}/MLmodel`)).body).toBe('first');
    expect((await send('GET', `sealed/${manifest}/data/trees.json`)).body).toBe('[]');
    expect(await list(`sealed/${manifest}`)).toEqual({
      files: [
        { path: 'MLmodel', is_dir: false, file_size: 5 },
        { path: 'data', is_dir: true },
      ],
    });
    expect(await list(`sealed/${manifest}/data`)).toEqual({
      files: [{ path: 'trees.json', is_dir: false, file_size: 2 }],
    });
    expect(await list(`sealed/${manifest}/none`)).toEqual({});
  });

  it('are told by an event that says whose they are, once for each folder', async () => {
    await seal('model');
    const [event, ...more] = (await lab.events()).filter(({ type }) => type === 'ArtifactsSealed');
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      stream: `sealed-artifacts-${manifest}`,
      data: { manifest, runId: RUN, experimentId: '1', path: 'model', files: 2, size: 7 },
    });
    await send('PUT', `1/${RUN}/artifacts/model/MLmodel`, 'second');
    expect(await seal('model')).not.toBe(manifest);
  });

  it('can be one file', async () => {
    const notes = await seal('notes.txt');
    expect((await send('GET', `sealed/${notes}`)).body).toBe('notes');
    expect(await list(`sealed/${notes}`)).toEqual({});
  });

  it('are not made of nothing, unless it is asked for', async () => {
    const sealed = lab.app.get(SealedArtifacts);
    expect(await sealed.seal(lab.context(), RUN as RunId, 'none')).toBeUndefined();
    const empty = await sealed.seal(lab.context(), RUN as RunId, 'none', { evenEmpty: true });
    expect(await list(`sealed/${empty}`)).toEqual({});
  });

  it.each(['PUT', 'DELETE'] as const)('refuse %s, and say why', async (method) => {
    for (const path of ['', '/MLmodel', '/new']) {
      const answer = await send(method, `sealed/${manifest}${path}`, method === 'PUT' ? 'x' : undefined);
      expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([400, 'artifacts-sealed']);
    }
    expect((await send('GET', `sealed/${manifest}/MLmodel`)).body).toBe('first');
  });

  it.each([
    ['a digest that nothing was sealed under', `sealed/${'0'.repeat(64)}/MLmodel`],
    ['a file that is no manifest', `sealed/${sha256('first')}`],
    ['a file that looks like a manifest and was never sealed', `sealed/${sha256('{"manifest":1,"files":[]}')}/x`],
  ])('are not found under %s', async (_what, path) => {
    await send('PUT', `1/${RUN}/artifacts/forged`, '{"manifest":1,"files":[]}');
    for (const answer of [
      await send('GET', path),
      await lab.app.inject({ method: 'GET', url: `${PROXY}?path=${path}` }),
    ])
      expect(answer.statusCode).toBe(404);
  });

  it('have no file that was not there', async () => {
    const answer = await send('GET', `sealed/${manifest}/notes.txt`);
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([404, 'artifact-not-found']);
  });
});
