import { describe, expect, it } from '@jest/globals';
import { readMlmodel } from './mlmodel.js';

const read = (text: string) => readMlmodel(Buffer.from(text));

describe('MLflow’s description of a model', () => {
  it('tells flavors and signature, as MLflow writes them', () =>
    expect(
      read(`flavors:
  sklearn:
    code: null
  python_function: { loader_module: mlflow.sklearn }
signature:
  inputs: '[{"type": "double", "name": "ph_level", "required": true}, {"type": "long"}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]'
  params: null
`),
    ).toEqual({
      flavors: ['python_function', 'sklearn'],
      signature: { inputs: ['ph_level: double', '#1: long'], outputs: ['#0: tensor'] },
    }));
  it('may be without a signature', () => expect(read('flavors: { sklearn: {} }')).toEqual({ flavors: ['sklearn'] }));
  it.each(['', 'text', '[1]', 'a: [', 'x: &a [1]\ny: *a', 'signature: { inputs: "[{" }', '['.repeat(20_000), '\0'])(
    'is not read from %#: what is not certain counts for nothing',
    (text) => expect(read(text)).toBeUndefined(),
  );
});
