import { describe, expect, it } from '@jest/globals';
import { EventCatalogue, Micros } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { bytesDecider } from './decide.js';
import { ArtifactDamageFound, bytesEvents, BytesEvent, evolve } from './events.js';

const { given } = specFor(bytesDecider);
const sha256 = 'a'.repeat(64);
const MINUTE = 60_000_000;
const at = (minutes: number) => (minutes * MINUTE) as Micros;
const report = (minutes: number, actual = 'b'.repeat(64)) => ({
  sha256,
  finding: 'damaged' as const,
  actual,
  now: at(minutes),
});
const found = (minutes: number, actual = 'b'.repeat(64)): ArtifactDamageFound => ({
  type: 'ArtifactDamageFound',
  data: { sha256, finding: 'damaged', actual, foundAt: at(minutes) },
});

describe('reporting damage', () => {
  it('records what was found', () => given().when(report(0)).then(found(0)));
  it('records bytes that are gone without a digest', () =>
    given()
      .when({ sha256, finding: 'missing', now: at(0) })
      .then({ type: 'ArtifactDamageFound', data: { sha256, finding: 'missing', foundAt: at(0) } }));
  it('tells the same damage once an hour', () => {
    given(found(0)).when(report(59)).thenNothing();
    given(found(0)).when(report(60)).then(found(60));
  });
  it('tells other damage at once', () =>
    given(found(0))
      .when(report(1, 'c'.repeat(64)))
      .then(found(1, 'c'.repeat(64))));
  it('tells at once that damaged bytes are gone by now', () =>
    given(found(0))
      .when({ sha256, finding: 'missing', now: at(1) })
      .then({ type: 'ArtifactDamageFound', data: { sha256, finding: 'missing', foundAt: at(1) } }));
});

describe('the events of bytes', () => {
  it('are all understood in every schema version', () => {
    const catalogue = new EventCatalogue(bytesEvents);
    for (const { type, samples, resource, outcome } of catalogue.definitions) {
      samples.forEach((data, index) => {
        const event = catalogue.upcast<BytesEvent>({ type, schema: index + 1, data });
        expect(evolve(undefined, event)).toEqual(event.data);
        expect([resource(data), outcome]).toEqual([{ kind: 'artifact-bytes', id: event.data.sha256 }, 'failed']);
      });
    }
  });
});
