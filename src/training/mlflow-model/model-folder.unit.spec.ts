import { describe, expect, it } from '@jest/globals';
import { LIMS_COLUMNS, limsCsv, MODEL_PATH, trainOnCsv } from '../engine/index.js';
import { modelFolder, modelHistory, ModelIdentity } from './index.js';

const identity: ModelIdentity = {
  runId: '0192f0a8d1c27b3f8a4d6e5f7a8b9c0d',
  modelUuid: '5f7a8b9c0d0192f0a8d1c27b3f8a4d6e',
  createdAt: Date.UTC(2026, 0, 5, 10, 0, 0, 123),
  artifactPath: MODEL_PATH,
};
const output = trainOnCsv({ data: limsCsv({ count: 60, seed: 7 }), parameters: { n_estimators: 3 } });
const folder = modelFolder(output, identity);
const textOf = (name: string) =>
  new TextDecoder().decode(folder.find(({ path }) => path === `${MODEL_PATH}/${name}`)!.bytes);
/** All top-level entries; each value is JSON. */
const mlmodel = Object.fromEntries(
  textOf('MLmodel')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [, key, value] = /^(\w+): (.*)$/.exec(line)!;
      return [key!, JSON.parse(value!) as unknown];
    }),
);

describe('the folder of a model', () => {
  it('names a loader, its code, data and environment, all of which are in the folder', () => {
    const { python_function: pyfunc, ...own } = mlmodel['flavors'] as Record<string, Record<string, unknown>>;
    expect(pyfunc).toMatchObject({
      loader_module: 'custody_forest',
      code: 'code',
      data: 'model.json',
      env: { conda: 'conda.yaml', virtualenv: 'python_env.yaml' },
    });
    expect(own).toEqual({
      'custody.random_forest': { data: 'model.json', format_version: 1, library: 'ml-random-forest 2.1.0' },
    });
    expect(textOf('code/custody_forest/__init__.py')).toContain('def _load_pyfunc(path):');
    expect(textOf('python_env.yaml')).toContain('- -r requirements.txt');
    for (const name of ['conda.yaml', 'requirements.txt']) expect(textOf(name)).toContain('mlflow>=3,<4');
  });

  it('says which model of which run it is, and how large', () => {
    const files = [...output.artifacts, ...folder].filter(({ path }) => path.startsWith(`${MODEL_PATH}/`));
    const others = files.filter(({ path }) => !path.endsWith('/MLmodel'));
    expect(mlmodel).toMatchObject({
      artifact_path: 'lims_qc_model',
      run_id: identity.runId,
      model_uuid: identity.modelUuid,
      utc_time_created: '2026-01-05 10:00:00.123000',
      model_size_bytes: others.reduce((sum, { bytes }) => sum + bytes.byteLength, 0),
    });
  });

  it('has a signature of the features and of what comes out', () => {
    const { inputs, outputs, params } = mlmodel['signature'] as Record<string, string>;
    const names = (schema: string | undefined) =>
      (JSON.parse(schema!) as { name: string; type: string }[]).map(({ name, type }) => `${name} ${type}`);
    expect(names(inputs)).toEqual(['sample_id string', ...LIMS_COLUMNS.features.map((name) => `${name} double`)]);
    expect(names(outputs)).toEqual(['sample_id string', 'predicted_class long', 'probability double', 'risk string']);
    expect(names(params)).toEqual(['threshold double']);
  });

  it('gives the first training rows as an example, without ids and labels', () => {
    const example = JSON.parse(textOf('input_example.json')) as { columns: string[]; data: number[][] };
    expect(example.columns).toEqual(LIMS_COLUMNS.features);
    expect(example.data).toHaveLength(5);
    const [first] = output.data.firstRows;
    expect(example.data[0]).toEqual(LIMS_COLUMNS.features.map((feature) => first![feature]));
    expect(JSON.parse(textOf('serving_input_example.json'))).toEqual({ dataframe_split: example });
  });

  it('has the same bytes each time it is made', () => {
    expect(modelFolder(output, identity)).toEqual(folder);
  });

  it('fits with all it tells into a tag of the run', () => {
    const history = modelHistory(identity);
    expect(JSON.parse(history)).toEqual([
      expect.objectContaining({ model_uuid: identity.modelUuid, utc_time_created: mlmodel['utc_time_created'] }),
    ]);
    expect(history.length).toBeLessThan(8000);
  });

  it('is not made of a training that left no model', () => {
    expect(() => modelFolder({ ...output, artifacts: [] }, identity)).toThrow('no model.json');
  });
});
