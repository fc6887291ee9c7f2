import { describe, expect, it } from '@jest/globals';
import { Map } from 'immutable';
import { ModelId } from '../../core/index.js';
import { dossierContent, Shown } from './dossier.js';
import { Gate } from './promotion-rules.js';

const shown = (gates: readonly Gate[]) => {
  const version = { version: 3, stage: 'None', source: 's3://bucket/m', tags: Map() };
  const model = { versions: Map([[3, version]]), aliases: Map() };
  const action = {
    type: 'stage',
    modelId: 'm' as ModelId,
    name: 'detector',
    version: 3,
    stage: 'Production',
    archiveExisting: false,
  };
  return dossierContent({ action, model, version, run: undefined, gates } as unknown as Shown)['gates'];
};

describe('the gates of a dossier', () => {
  it('say why they passed and on what, bounded', () => {
    const metrics = { gate: 'metrics', passed: true, why: 'test_f1 is 0.93', inputs: { metrics: { test_f1: 0.93 } } };
    const [told, long] = shown([metrics, { ...metrics, inputs: { text: 'x'.repeat(5000) } }]) as [object, object];
    expect(told).toEqual(metrics);
    expect(long).toEqual({ ...metrics, inputs: undefined, inputs_digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it('say no more than that they passed, where the rest is other at another time', () => {
    expect(shown([{ gate: 'cool_down', passed: true, why: 'long enough ago' }])).toEqual([
      { gate: 'cool_down', passed: true },
    ]);
  });
});
