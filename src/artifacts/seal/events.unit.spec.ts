import { describe, expect, it } from '@jest/globals';
import { EventCatalogue, ExperimentId, ManifestDigest, RunId } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { ArtifactsSealed, sealDecider, sealEvents } from './events.js';

const { given } = specFor(sealDecider);
const seal = (path = 'model'): ArtifactsSealed['data'] => ({
  manifest: 'a'.repeat(64) as ManifestDigest,
  runId: '0'.repeat(32) as RunId,
  experimentId: '1' as ExperimentId,
  path,
  files: 2,
  size: 7,
});
const sealed = (path?: string): ArtifactsSealed => ({ type: 'ArtifactsSealed', data: seal(path) });

describe('sealing a folder', () => {
  it('records where the files are from', () => given().when(seal()).then(sealed()));
  it('records the same files of the same folder once', () => given(sealed()).when(seal()).thenNothing());
  it('records that another folder holds the same files', () => given(sealed()).when(seal('copy')).then(sealed('copy')));
});

describe('the events of seals', () => {
  it('are understood in every schema version', () => {
    const catalogue = new EventCatalogue(sealEvents);
    for (const { type, samples, resource } of catalogue.definitions)
      samples.forEach((data, index) => {
        const event = catalogue.upcast<ArtifactsSealed>({ type, schema: index + 1, data });
        expect(sealDecider.evolve([], event)).toEqual([data]);
        expect(resource(data)).toMatchObject({ kind: 'sealed-artifacts', id: event.data.manifest });
      });
  });
});
