import { describe, expect, it } from '@jest/globals';
import { EventCatalogue, ExperimentId, RunId } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { artifactsDecider } from './decide.js';
import { ArtifactEvent, ArtifactStored, artifactsEvents, evolve, noArtifacts } from './events.js';

const { given } = specFor(artifactsDecider);
const runId = '0192f0a8c4b77a1e9d3c5b6a7f8e9d0c' as RunId;
const experimentId = '1' as ExperimentId;
const stored = (path: string, sha256 = 'a'.repeat(64), size = 3): ArtifactStored => ({
  type: 'ArtifactStored',
  data: { runId, experimentId, path, size, sha256 },
});
const store = (...of: Parameters<typeof stored>) => ({ type: 'name-bytes' as const, artifact: stored(...of).data });
const OTHER = 'b'.repeat(64);

describe('naming the bytes of a run', () => {
  it('records a new path', () => given().when(store('m/x')).then(stored('m/x')));
  it('records nothing when the same bytes are there already', () =>
    given(stored('m/x')).when(store('m/x')).thenNothing());
  it('records other bytes under the same path', () =>
    given(stored('m/x')).when(store('m/x', OTHER)).then(stored('m/x', OTHER)));
  it('records older bytes again when newer ones took their place', () =>
    given(stored('x'), stored('x', OTHER)).when(store('x')).then(stored('x')));
  it('refuses a file where a folder is', () =>
    given(stored('a/b/c'))
      .when(store('a/b'))
      .thenRefused({ kind: 'state', code: 'artifact-path-is-folder', field: 'path' }));
  it('refuses a folder where a file is', () =>
    given(stored('a/b'))
      .when(store('a/b/c/d'))
      .thenRefused({ kind: 'state', code: 'artifact-folder-is-file', field: 'path' }));
});

describe('the events of artifacts', () => {
  it('are all understood in every schema version', () => {
    const catalogue = new EventCatalogue(artifactsEvents);
    for (const { type, samples, resource } of catalogue.definitions) {
      samples.forEach((data, index) => {
        const event = catalogue.upcast<ArtifactEvent>({ type, schema: index + 1, data });
        const state = evolve(noArtifacts, event);
        expect(state.files.get(event.data.path)).toEqual({ sha256: event.data.sha256, size: event.data.size });
        expect(resource(data)).toMatchObject({ kind: 'artifact', name: event.data.path });
      });
    }
  });
});
