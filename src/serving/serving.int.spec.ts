import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { artifactsEvents, ArtifactsModule, artifactsProjections, StoreArtifact } from '../artifacts/index.js';
import { RoomLab, RUN } from '../artifacts/testing/room-lab.js';
import { ExperimentId, RunId } from '../core/index.js';
import { AccessPolicy } from '../http/index.js';
import {
  CreateModelVersion,
  DeleteModelAlias,
  registryEvents,
  RegistryModule,
  registryProjections,
  RegisterModel,
  RenameModel,
  RollBack,
  SetModelAlias,
  TransitionStage,
} from '../registry/index.js';
import { TestPolicy } from '../registry/testing/registry-lab.js';
import { inputsDigest, SampleValues } from './prediction/events.js';
import { Predict, Predictor, servingEvents, ServingModule, servingProjections } from './index.js';
import { ThresholdPredictor } from './testing/threshold-predictor.js';

const MODEL = JSON.stringify({ features: ['ph_level', 'turbidity'], limit: 10 });
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const SAMPLES = [
  { sample_id: 'TEST001', ph_level: 7.2, turbidity: 1.2 },
  { sample_id: 'TEST003', ph_level: 6.3, turbidity: 8.5 },
];

describe('predictions', () => {
  let lab: RoomLab;
  let predictor: ThresholdPredictor;
  beforeEach(async () => {
    predictor = new ThresholdPredictor();
    lab = await RoomLab.open({
      modules: [ArtifactsModule, RegistryModule, ServingModule],
      events: [...artifactsEvents, ...registryEvents, ...servingEvents],
      projections: [...artifactsProjections, ...registryProjections, ...servingProjections],
      providers: [
        { provide: AccessPolicy, useValue: new TestPolicy() },
        { provide: Predictor, useValue: predictor },
      ],
    });
    await store('lims_qc_model/model.json', MODEL);
    await lab.commands.execute(new RegisterModel(lab.context(), { name: 'detector' }));
    await version(`mlflow-artifacts:/1/${RUN}/artifacts/lims_qc_model`);
  });
  afterEach(() => lab.close());

  const store = (path: string, text: string) =>
    lab.commands.execute(
      new StoreArtifact(lab.context(), {
        runId: RUN as RunId,
        experimentId: '1' as ExperimentId,
        path,
        body: Buffer.from(text),
      }),
    );
  const version = (source: string) =>
    lab.commands.execute(new CreateModelVersion(lab.context(), { name: 'detector', source }));
  const promote = (number: number) =>
    lab.commands.execute(
      new TransitionStage(lab.context(), {
        name: 'detector',
        version: number,
        stage: 'Production',
        archiveExisting: true,
      }),
    );
  const predict = async (payload: object) => {
    const answer = await lab.app.inject({ method: 'POST', url: '/api/v1/predictions', payload });
    return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
  };
  const get = async (url: string) => {
    const answer = await lab.app.inject({ method: 'GET', url: `/api/v1/predictions${url}` });
    return {
      status: answer.statusCode,
      body: answer.json<{
        predictions: Record<string, unknown>[];
        prediction: Record<string, unknown>;
        next_page_token?: string;
        field?: string;
      }>(),
    };
  };
  const made = async () => (await lab.events()).filter(({ type }) => type === 'PredictionsMade');

  it('come from the version in Production, with risk and a warning that names samples', async () => {
    await promote(1);
    const { status, body } = await predict({ model: 'models:/detector/Production', samples: SAMPLES });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        model: { name: 'detector', version: '1', stage: 'Production', sha256: sha256(MODEL) },
        predictions: [
          { sample_id: 'TEST001', predicted_class: 0, risk: 'LOW' },
          { sample_id: 'TEST003', predicted_class: 1, risk: 'HIGH', probability: 14.8 / 24.8 },
        ],
        warning: '1 of 2 samples at HIGH risk: TEST003 (probability 0.597)',
      },
    });
  });

  it('are recorded with all it takes to make them again', async () => {
    await promote(1);
    const { body } = await predict({ model: 'models:/detector/1', samples: SAMPLES, reason: 'batch 7' });
    const [event] = await made();
    expect(event).toMatchObject({
      reason: 'batch 7',
      data: {
        predictionId: body['prediction_id'],
        version: 1,
        stage: 'Production',
        runId: RUN,
        modelSha256: sha256(MODEL),
        features: ['ph_level', 'turbidity'],
        samples: [
          { sample_id: 'TEST001', values: [7.2, 1.2] },
          { sample_id: 'TEST003', values: [6.3, 8.5] },
        ],
        results: [
          { predicted_class: 0, risk: 'LOW' },
          { predicted_class: 1, risk: 'HIGH' },
        ],
      },
    });
    expect(event!.stream).toBe(`predictions-${event!.data['modelId'] as string}`);
    const { features, samples } = event!.data as unknown as { features: string[]; samples: SampleValues[] };
    expect(event!.data['inputsSha256']).toBe(inputsDigest(features, samples));
  });

  it('are made with the version before from the first one on that follows a rollback', async () => {
    await promote(1);
    await store('tuned/model.json', MODEL.replace('10', '20'));
    await version(`runs:/${RUN}/tuned`);
    await promote(2);
    const ask = () => predict({ model: 'models:/detector/Production', samples: SAMPLES });
    expect((await ask()).body).toMatchObject({ model: { version: '2' } });
    await lab.commands.execute(new RollBack(lab.context({ reason: 'misses turbid samples' }), { name: 'detector' }));
    expect((await ask()).body).toMatchObject({ model: { version: '1', sha256: sha256(MODEL) } });
    const order = (await lab.events()).slice(-3).map(({ type, data }) => [type, data['version']]);
    expect(order).toEqual([
      ['PredictionsMade', 2],
      ['ModelVersionRolledBack', 1],
      ['PredictionsMade', 1],
    ]);
  });

  it('load a model once for its digest, and another when Production changes', async () => {
    await promote(1);
    await predict({ model: 'models:/detector/Production', samples: SAMPLES });
    await predict({ model: 'models:/detector/Production', samples: SAMPLES });
    expect(predictor.loads).toBe(1);
    await store('tuned/model.json', MODEL.replace('10', '20'));
    await version(`runs:/${RUN}/tuned`);
    await promote(2);
    const { body } = await predict({ model: 'models:/detector/production', samples: SAMPLES });
    expect(body).toMatchObject({ model: { version: '2', sha256: sha256(MODEL.replace('10', '20')) } });
    expect(body).not.toHaveProperty('warning');
    expect(predictor.loads).toBe(2);
  });

  it('follow an alias to the version that it is moved to, and end with it', async () => {
    await store('tuned/model.json', MODEL.replace('10', '20'));
    await version(`runs:/${RUN}/tuned`);
    const asked = { model: 'models:/detector@champion', samples: SAMPLES };
    const point = (to: number) =>
      lab.commands.execute(new SetModelAlias(lab.context(), { name: 'detector', alias: 'champion', version: to }));
    expect(await predict(asked)).toMatchObject({ status: 400, body: { code: 'alias-not-found', field: 'model' } });
    for (const [to, text] of [
      [1, MODEL],
      [2, MODEL.replace('10', '20')],
      [1, MODEL],
    ] as const) {
      await point(to);
      const { status, body } = await predict(asked);
      expect({ status, body }).toMatchObject({
        status: 200,
        body: { model: { version: String(to), stage: 'None', sha256: sha256(text) } },
      });
    }
    expect((await made()).map(({ data }) => data['version'])).toEqual([1, 2, 1]);
    await lab.commands.execute(new DeleteModelAlias(lab.context(), { name: 'detector', alias: 'champion' }));
    expect((await predict(asked)).status).toBe(400);
    expect(await made()).toHaveLength(3);
  });

  it('say what to do when no version is in Production', async () => {
    const { status, body } = await predict({ model: 'models:/detector/Production', samples: SAMPLES });
    expect([status, body['code'], body['field']]).toEqual([404, 'no-version-in-stage', 'model']);
    expect(body['message']).toBe(
      'no version of detector is in Production: move one there (model-versions/transition-stage), or name a version, like models:/detector/1',
    );
  });

  it('record nothing when a sample is bad, and name it', async () => {
    await promote(1);
    for (const [bad, field] of [
      [{ ...SAMPLES[1], ph_level: 'acid' }, 'samples[1].ph_level'],
      [{ sample_id: 'x', ph_level: 7 }, 'samples[1].turbidity'],
      [{ ...SAMPLES[1], sample_id: '' }, 'samples[1].sample_id'],
      ['TEST003', 'samples[1]'],
    ] as const) {
      expect(await predict({ model: 'models:/detector/1', samples: [SAMPLES[0], bad] })).toMatchObject({
        status: 400,
        body: { code: 'sample-invalid', field },
      });
    }
    expect(await made()).toEqual([]);
  });

  it.each([
    [{ samples: SAMPLES }, 400, 'model'],
    [{ model: 'detector', samples: SAMPLES }, 400, 'model'],
    [{ model: 'models:/detector/1' }, 400, 'samples'],
    [{ model: 'models:/detector/1', samples: 'x' }, 400, 'samples'],
    [{ model: 'models:/detector/1', samples: [] }, 400, 'samples'],
    [{ model: 'models:/detector/1', samples: Array.from({ length: 1001 }, () => SAMPLES[0]) }, 413, 'samples'],
    [{ model: 'models:/detector/9', samples: SAMPLES }, 404, 'model'],
    [{ model: 'models:/none/1', samples: SAMPLES }, 404, 'name'],
    [{ model: 'models:/detector/1', samples: SAMPLES, reason: '' }, 400, 'reason'],
  ])('refuse %#', async (payload, status, field) => {
    expect(await predict(payload)).toMatchObject({ status, body: { field } });
    expect(await made()).toEqual([]);
  });

  it('say when the files of a version are elsewhere, missing, no model, or damaged', async () => {
    await version('s3://bucket/model');
    await version(`runs:/${RUN}/nothing`);
    await store('broken/model.json', 'not JSON');
    await version(`runs:/${RUN}/broken`);
    const codes = [];
    for (const number of [2, 3, 4])
      codes.push((await predict({ model: `models:/detector/${number}`, samples: SAMPLES })).body['code']);
    expect(codes).toEqual(['model-not-held', 'model-file-missing', 'model-invalid']);
    const digest = sha256(MODEL);
    writeFileSync(join(lab.folder, 'artifacts', 'sha256', digest.slice(0, 2), digest), '{}');
    expect(await predict({ model: 'models:/detector/1', samples: SAMPLES })).toMatchObject({
      status: 410,
      body: { code: 'artifact-damaged' },
    });
    expect(await made()).toEqual([]);
  });

  it('are one record when the same request comes twice', async () => {
    const once = () =>
      lab.commands.execute(
        new Predict(lab.context({ idempotencyKey: 'k1' }), { model: 'models:/detector/1', samples: SAMPLES }),
      );
    expect(await once()).toEqual(await once());
    expect(await made()).toHaveLength(1);
  });

  it('are listed newest first, in pages, also under a former name of the model', async () => {
    const ids: unknown[] = [];
    for (let n = 0; n < 3; n++)
      ids.unshift((await predict({ model: 'models:/detector/1', samples: SAMPLES })).body['prediction_id']);
    const first = (await get('?model=detector&max_results=2')).body;
    const second = (await get(`?model=detector&max_results=2&page_token=${first.next_page_token}`)).body;
    expect([...first.predictions, ...second.predictions].map((each) => each['prediction_id'])).toEqual(ids);
    expect(second.next_page_token).toBeUndefined();
    expect(first.predictions[0]).toMatchObject({
      model: { name: 'detector', version: '1' },
      actor: 'system',
      samples: 2,
      high_risk: ['TEST003'],
    });
    await lab.commands.execute(new RenameModel(lab.context(), { name: 'detector', newName: 'sentinel' }));
    for (const name of ['detector', 'sentinel']) expect((await get(`?model=${name}`)).body.predictions).toHaveLength(3);
    expect((await get('?model=other')).body.predictions).toEqual([]);
    expect((await get('')).body.predictions).toHaveLength(3);
    for (const wrong of ['?max_results=0', '?page_token=x']) expect(await get(wrong)).toMatchObject({ status: 400 });
  });

  it('are shown one by one with inputs and results', async () => {
    const { body } = await predict({ model: 'models:/detector/1', samples: SAMPLES });
    const { prediction } = (await get(`/${body['prediction_id'] as string}`)).body;
    expect(prediction).toMatchObject({
      inputs: SAMPLES,
      predictions: body['predictions'],
      inputs_sha256: body['inputs_sha256'],
    });
    expect((await get('/none')).status).toBe(404);
  });
});
