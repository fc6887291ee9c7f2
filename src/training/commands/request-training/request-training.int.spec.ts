import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ANALYST, Lab, LabProcess, QUICK, SAMPLES } from '../../testing/lab.js';
import { DEFAULT_PARAMETERS } from '../../engine/index.js';
import { ValidationPipe } from '@nestjs/common';
import { ResumeTraining } from '../resume-training/resume-training.command.js';
import { RequestTrainingController } from './request-training.controller.js';
import { RequestTrainingRequest } from './request-training.request.js';

let lab: Lab;
let server: LabProcess;
let datasetId: string;
beforeEach(async () => {
  lab = await Lab.open();
  server = await lab.process();
  datasetId = await server.registerDataset();
});
afterEach(() => lab[Symbol.asyncDispose]());

const types = async () => (await lab.all()).map(({ type }) => type);
const csv = (edit: (lines: string[]) => void) => {
  const lines = SAMPLES.toString().trimEnd().split('\n');
  edit(lines);
  return Buffer.from(`${lines.join('\n')}\n`);
};

describe('a request for training', () => {
  it('records all that decides what will be trained', async () => {
    const { jobId, runId, state } = await server.request({
      datasetId,
      parameters: { n_estimators: 50 },
      tags: { Project: 'Lab_Modernization' },
      runName: 'baseline',
    });
    expect(state).toBe('requested');
    expect(runId).toMatch(/^[0-9a-f]{32}$/);
    const [event] = await lab.stream(`job-${jobId}`);
    expect(event!.reason).toBe('weekly retraining');
    expect(event!.data).toEqual({
      jobId,
      runId,
      experimentId: expect.stringMatching(/^\d+$/),
      experimentName: 'LIMS_Contamination',
      modelName: 'lims_contamination_detector',
      requestedBy: 'u-analyst',
      datasetId,
      datasetName: 'LIMS_Synthetic_v1',
      datasetSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      runName: 'baseline',
      parameters: { ...DEFAULT_PARAMETERS, n_estimators: 50 },
      tags: { Project: 'Lab_Modernization' },
      split: { testShare: 0.2, stratified: true },
    });
  });

  it('uses the experiment of that name, and makes it once', async () => {
    await server.request({ datasetId });
    await server.request({ datasetId });
    expect((await types()).filter((type) => type === 'ExperimentCreated')).toHaveLength(1);
  });

  describe('with a key', () => {
    it('is one job however often it is sent, and answers how far that is', async () => {
      const first = await server.request({ datasetId, requestKey: 'week-7' });
      expect(await server.request({ datasetId, requestKey: 'week-7' })).toEqual(first);
      server.work();
      await lab.until('TrainingSucceeded');
      await server.stop();
      expect(await server.request({ datasetId, requestKey: 'week-7' })).toEqual({ ...first, state: 'succeeded' });
      expect((await types()).filter((type) => type === 'TrainingRequested')).toHaveLength(1);
    });

    it('is one job when it is sent many times at once', async () => {
      const all = await Promise.all(
        Array.from({ length: 10 }, () => server.request({ datasetId, requestKey: 'week-7' })),
      );
      expect(new Set(all.map(({ jobId }) => jobId)).size).toBe(1);
      expect((await types()).filter((type) => type === 'TrainingRequested')).toHaveLength(1);
    });

    it('is refused when it asks for something else', async () => {
      await server.request({ datasetId, requestKey: 'week-7' });
      for (const other of [
        { parameters: { ...QUICK, max_depth: 4 } },
        { modelName: 'other' },
        { experimentName: 'Other' },
        { tags: { Project: 'Other' } },
        { runName: 'other' },
      ]) {
        const again = server.request({ datasetId, requestKey: 'week-7', ...other });
        await expect(again).rejects.toMatchObject({ code: 'request-key-reused' });
      }
      expect((await types()).filter((type) => type === 'ExperimentCreated')).toHaveLength(1);
    });

    it("is nobody else's", async () => {
      const mine = await server.request({ datasetId, requestKey: 'week-7' });
      const other = server.context({ actor: { ...ANALYST, id: 'u-other' as typeof ANALYST.id } });
      const theirs = await server.request({ datasetId, requestKey: 'week-7' }, other);
      expect(theirs.jobId).not.toBe(mine.jobId);
    });
  });

  describe('is refused, and nothing of it is recorded', () => {
    const bad: readonly [string, () => Promise<Parameters<LabProcess['request']>[0]>, object][] = [
      ['an unknown data set', async () => ({ datasetId: 'd-nothing' }), { code: 'dataset-not-found' }],
      ['an unknown parameter', async () => ({ datasetId, parameters: { trees: 5 } }), { field: 'trees' }],
      ['a parameter out of range', async () => ({ datasetId, parameters: { max_depth: 0 } }), { field: 'max_depth' }],
      ['a model name with a slash', async () => ({ datasetId, modelName: 'a/b' }), { field: 'registered_model_name' }],
      ['an empty model name', async () => ({ datasetId, modelName: ' ' }), { field: 'registered_model_name' }],
      ['an empty experiment name', async () => ({ datasetId, experimentName: '' }), { kind: 'invalid' }],
      ['an empty key', async () => ({ datasetId, requestKey: '' }), { field: 'request_key' }],
      ['a run name with a control character', async () => ({ datasetId, runName: 'a\u0007' }), { field: 'run_name' }],
      ['a tag key that climbs', async () => ({ datasetId, tags: { '..': 'x' } }), { field: 'tags...' }],
      [
        'a tag that is ours',
        async () => ({ datasetId, tags: { 'mlflow.user': 'Eve' } }),
        { field: 'tags.mlflow.user' },
      ],
      ['a tag that is no text', async () => ({ datasetId, tags: { n: 1 as unknown as string } }), { field: 'tags.n' }],
      [
        'a text in a number, naming line and column',
        async () => ({
          datasetId: await register(csv((lines) => (lines[5] = lines[5]!.replace(/^([^,]+),[^,]+/, '$1,warm')))),
        }),
        { code: 'training-data-invalid', message: expect.stringContaining('line 6, column ph_level') },
      ],
      [
        'a missing column',
        async () => ({
          datasetId: await register(csv((lines) => (lines[0] = lines[0]!.replace('turbidity', 'cloud')))),
        }),
        { code: 'training-data-invalid', message: expect.stringContaining('turbidity') },
      ],
      [
        'samples of one class only',
        async () => ({ datasetId: await register(csv((lines) => lines.splice(1, lines.length, ...clean(lines)))) }),
        { code: 'training-data-invalid', message: expect.stringContaining('is_contaminated') },
      ],
      [
        'too few samples of a class to train and to test on',
        async () => ({
          datasetId: await register(
            csv((lines) => lines.splice(1, lines.length, ...clean(lines), contaminated(lines))),
          ),
        }),
        { code: 'too-few-rows' },
      ],
    ];

    it.each(bad)('%s', async (_, input, refusal) => {
      const asked = await input();
      const before = await types();
      await expect(server.request(asked)).rejects.toMatchObject(refusal);
      expect(await types()).toEqual(before);
    });

    const register = (body: typeof SAMPLES) => server.registerDataset(body, 'bad');
    const clean = (lines: readonly string[]) => lines.filter((line) => line.endsWith(',0'));
    const contaminated = (lines: readonly string[]) => lines.find((line) => line.endsWith(',1'))!;
  });

  it('comes over HTTP with its parameters and tags, and means the same job by header or by field', async () => {
    const body = {
      dataset_id: datasetId,
      experiment_name: 'LIMS_Contamination',
      registered_model_name: 'lims_contamination_detector',
      parameters: QUICK,
      tags: { Project: 'Lab_Modernization' },
      reason: 'before the audit',
    };
    const pipe = new ValidationPipe({ transform: true, whitelist: true });
    const read = async (value: object): Promise<RequestTrainingRequest> =>
      pipe.transform(value, { type: 'body', metatype: RequestTrainingRequest }) as Promise<RequestTrainingRequest>;
    const controller = new RequestTrainingController(server.commands);
    const byHeader = await controller.request(server.context(), await read(body), 'week-7');
    const byField = await controller.request(server.context(), await read({ ...body, request_key: 'week-7' }));
    expect(byField).toEqual(byHeader);
    expect(byHeader).toEqual({ job_id: expect.any(String), run_id: expect.any(String), state: 'requested' });
    const [event] = await lab.stream(`job-${byHeader.job_id}`);
    expect(event).toMatchObject({ reason: 'before the audit', data: { tags: body.tags, parameters: QUICK } });
    await expect(read({ ...body, dataset_id: 7 })).rejects.toThrow();
  });

  it('can be resumed only when the job is parked', async () => {
    const { jobId } = await server.request({ datasetId });
    const resume = (id: string) => server.commands.execute(new ResumeTraining(server.context(), { jobId: id }));
    await expect(resume(jobId)).rejects.toMatchObject({ code: 'job-not-parked' });
    await expect(resume('../../etc')).rejects.toMatchObject({ code: 'job-not-found' });
    await expect(resume('00000000-0000-7000-8000-000000000000')).rejects.toMatchObject({ code: 'job-not-found' });
  });
});
