import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EventCatalogue } from '../../core/index.js';
import { MAX_EVENT_BYTES } from '../../ledger/index.js';
import { inputsDigest, PredictionsMade, servingEvents, valuesOf } from './events.js';
import { parseModelUri } from './model-uri.js';
import { MAX_SAMPLES, readSamples } from './samples.js';
import { warningFor } from './warning.js';

const FEATURES = ['ph_level', 'temperature'];

describe('samples', () => {
  it('are read with the features of the model and nothing else', () =>
    expect(readSamples([{ sample_id: 'T1', ph_level: 7, temperature: 4, note: 'x' }], FEATURES)).toEqual([
      { sample_id: 'T1', ph_level: 7, temperature: 4 },
    ]));

  const good = { sample_id: 'T1', ph_level: 7, temperature: 4 };
  it.each([
    ['a text', 'x', 'samples[1]'],
    ['null', null, 'samples[1]'],
    ['a list', [1, 2], 'samples[1]'],
    ['no id', { ...good, sample_id: undefined }, 'samples[1].sample_id'],
    ['a number for an id', { ...good, sample_id: 7 }, 'samples[1].sample_id'],
    ['an empty id', { ...good, sample_id: ' ' }, 'samples[1].sample_id'],
    ['a long id', { ...good, sample_id: 'x'.repeat(101) }, 'samples[1].sample_id'],
    ['an id with a line break', { ...good, sample_id: 'a\nb' }, 'samples[1].sample_id'],
    ['a missing feature', { sample_id: 'T1', ph_level: 7 }, 'samples[1].temperature'],
    ['text in a number', { ...good, ph_level: '7' }, 'samples[1].ph_level'],
    ['null in a number', { ...good, ph_level: null }, 'samples[1].ph_level'],
    ['NaN', { ...good, temperature: NaN }, 'samples[1].temperature'],
    ['Infinity', { ...good, temperature: Infinity }, 'samples[1].temperature'],
  ])('with %s are refused by index and field', (_what, bad, field) => {
    expect(() => readSamples([good, bad], FEATURES)).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'sample-invalid', field }),
    );
  });

  it('take no value from what every object inherits', () => {
    expect(() => readSamples([good], ['constructor'])).toThrow(
      expect.objectContaining({ field: 'samples[0].constructor' }),
    );
    expect(readSamples([{ sample_id: 'T1', ['__proto__x']: 1 }], ['__proto__x'])).toEqual([
      { sample_id: 'T1', ['__proto__x']: 1 },
    ]);
  });

  it('fit into one event, as many as may come, whatever their ids', () => {
    const samples = Array.from({ length: MAX_SAMPLES }, () => ({
      sample_id: '\u{1f9ea}'.repeat(50),
      a: -1.2345678901234e-101,
    }));
    const read = readSamples(samples, ['a']);
    const data = {
      samples: valuesOf(['a'], read),
      results: read.map(() => ({ predicted_class: 1, probability: 0.1234567890123, risk: 'HIGH' })),
    };
    expect(Buffer.byteLength(JSON.stringify(data))).toBeLessThan(MAX_EVENT_BYTES / 2);
  });

  it('have a digest that tells any two sets of inputs apart', () => {
    const sample = fc.record({
      sample_id: fc.string({ minLength: 1, maxLength: 3 }),
      values: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
    });
    const set = fc.array(sample, { maxLength: 3 });
    fc.assert(
      fc.property(set, set, (one, other) => {
        expect(inputsDigest(FEATURES, one) === inputsDigest(FEATURES, other)).toBe(
          JSON.stringify(one) === JSON.stringify(other),
        );
      }),
    );
    expect(inputsDigest(['a'], [])).not.toBe(inputsDigest(['b'], []));
  });
});

describe('the name of a model to predict with', () => {
  it.each([
    ['models:/detector/Production', { name: 'detector', selector: { stage: 'Production' } }],
    ['models:/a b/staging', { name: 'a b', selector: { stage: 'Staging' } }],
    ['models:/detector/12', { name: 'detector', selector: { version: 12 } }],
    ['models:/detector@champion', { name: 'detector', selector: { alias: 'champion' } }],
  ])('%s is understood', (uri, expected) => expect(parseModelUri(uri)).toEqual(expected));

  it.each([
    '',
    'detector',
    'models:/',
    'models:/detector',
    'models:/detector/',
    'models:/detector/0',
    'models:/detector/latest',
    'models:/detector@',
    'models:/detector@a b',
    'models://host/detector/1',
    'models:/a/b/1',
    'runs:/x/model',
  ])('%j is refused', (uri) =>
    expect(() => parseModelUri(uri)).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'model-uri-invalid', field: 'model' }),
    ),
  );
});

describe('the warning', () => {
  it('names the samples at high risk with their probability', () =>
    expect(
      warningFor([
        { sample_id: 'T1', predicted_class: 0, probability: 0.01, risk: 'LOW' },
        { sample_id: 'T3', predicted_class: 1, probability: 0.9876, risk: 'HIGH' },
        { sample_id: 'T5', predicted_class: 1, probability: 0.7, risk: 'HIGH' },
      ]),
    ).toBe('2 of 3 samples at HIGH risk: T3 (probability 0.988), T5 (probability 0.700)'));
  it('is absent when there are none', () =>
    expect(warningFor([{ sample_id: 'T1', predicted_class: 0, probability: 0.01, risk: 'LOW' }])).toBeUndefined());
});

describe('the events of serving', () => {
  it('are understood in every schema version, and hold what they claim', () => {
    const catalogue = new EventCatalogue(servingEvents);
    for (const { type, samples, resource } of catalogue.definitions) {
      samples.forEach((sample, index) => {
        const { data } = catalogue.upcast<PredictionsMade>({ type, schema: index + 1, data: sample });
        expect(data.inputsSha256).toBe(inputsDigest(data.features, data.samples));
        expect(data.results).toHaveLength(data.samples.length);
        expect(resource(sample)).toMatchObject({ kind: 'prediction', id: data.predictionId });
      });
    }
  });
});
