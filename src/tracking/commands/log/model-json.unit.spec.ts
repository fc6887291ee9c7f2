import { describe, expect, it } from '@jest/globals';
import { modelSummary } from './model-json.js';

const model = { artifact_path: 'model', run_id: 'a', utc_time_created: '2026-01-05 09:00:00', flavors: {} };
const read = (more: object) => modelSummary(JSON.stringify({ ...model, ...more }));

describe('what a run keeps of a model that an older client describes', () => {
  it('is what and where it is, without the configuration of its flavours', () => {
    const flavors = { sklearn: { code: null, config: { secret: 1 } }, spark: 'x' };
    expect(read({ flavors, signature: {}, model_uuid: 'u', mlflow_version: '2.0' })).toEqual({
      ...model,
      model_uuid: 'u',
      flavors: { sklearn: { code: null }, spark: 'x' },
    });
  });
  it('has no id and no path where they are null', () => {
    const { run_id: _, artifact_path: __, ...rest } = model;
    expect(read({ run_id: null, artifact_path: null })).toEqual({ ...rest, model_uuid: null });
  });
  it.each(['', 'nonsense', '[]', 'null', '7', '{"artifact_path":"a"}'])('is refused in %j', (text) => {
    expect(() => modelSummary(text)).toThrow(expect.objectContaining({ kind: 'invalid', field: 'model_json' }));
  });
  it('is refused with flavours that are no object', () => {
    expect(() => read({ flavors: ['sklearn'] })).toThrow(expect.objectContaining({ code: 'bad-model' }));
  });
});
