import { describe, expect, it } from '@jest/globals';
import { EventCatalogue, ExperimentId, RunId } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { artifactsDecider } from './decide.js';
import { ArtifactDeleted, ArtifactEvent, ArtifactStored, artifactsEvents, evolve, noArtifacts } from './events.js';

const { given } = specFor(artifactsDecider);
const runId = '0192f0a8c4b77a1e9d3c5b6a7f8e9d0c' as RunId;
const experimentId = '1' as ExperimentId;
const stored = (path: string, sha256 = 'a'.repeat(64), size = 3): ArtifactStored => ({
  type: 'ArtifactStored',
  data: { runId, experimentId, path, size, sha256 },
});
const store = (...of: Parameters<typeof stored>) => ({ type: 'name-bytes' as const, artifact: stored(...of).data });
const deleted = (...of: Parameters<typeof stored>): ArtifactDeleted => ({
  type: 'ArtifactDeleted',
  data: stored(...of).data,
});
const step = { maxBytes: 10_000, bytesEach: 100 };
const remove = (path: string, more: object = {}) => ({
  type: 'delete-path' as const,
  owner: runId,
  experimentId,
  path,
  step: { ...step, ...more },
});
const OTHER = 'b'.repeat(64);

describe('naming the bytes of a run', () => {
  it('records a new path', () => given().when(store('m/x')).then(stored('m/x')));
  it('records the same bytes again: somebody uploaded them', () =>
    given(stored('m/x')).when(store('m/x')).then(stored('m/x')));
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

describe('deleting files of a run', () => {
  const past = [stored('a/x'), stored('a/b/y', OTHER, 4), stored('ab'), stored('c')];
  it('records the end of one file', () =>
    given(...past)
      .when(remove('c'))
      .then(deleted('c')));
  it('records the end of each file in a folder, and of no file beside it', () =>
    given(...past)
      .when(remove('a'))
      .then(deleted('a/b/y', OTHER, 4), deleted('a/x')));
  it('records the end of all of them', () =>
    given(...past)
      .when(remove(''))
      .then(deleted('a/b/y', OTHER, 4), deleted('a/x'), deleted('ab'), deleted('c')));
  it('records no more at a time than one append holds, and goes on behind what is done', () => {
    const two = { maxBytes: 2 * (100 + Buffer.byteLength(JSON.stringify(deleted('a/b/y', OTHER, 4).data))) };
    given(...past)
      .when(remove('', two))
      .then(deleted('a/b/y', OTHER, 4), deleted('a/x'));
    given(...past)
      .when(remove('', { ...two, after: 'a/x' }))
      .then(deleted('ab'), deleted('c'));
    given(...past)
      .when(remove('', { ...two, after: 'c' }))
      .thenNothing();
  });
  it('records one file at least, however little room there is', () =>
    given(...past)
      .when(remove('', { maxBytes: 0 }))
      .then(deleted('a/b/y', OTHER, 4)));
  it('records nothing for what is not there, or is deleted already', () => {
    given(...past)
      .when(remove('d'))
      .thenNothing();
    given(...past, deleted('c'))
      .when(remove('c'))
      .thenNothing();
  });
  it('leaves the path free for the same bytes again', () =>
    given(stored('x'), deleted('x')).when(store('x')).then(stored('x')));
  it('leaves the path free for a folder, once nothing else is in the way', () => {
    given(stored('a'), deleted('a')).when(store('a/b')).then(stored('a/b'));
    given(stored('a/b'), deleted('a/b')).when(store('a')).then(stored('a'));
    given(stored('a/b'), stored('a/c'), stored('a/b', OTHER), deleted('a/b', OTHER))
      .when(store('a'))
      .thenRefused({ code: 'artifact-path-is-folder' });
  });
});

describe('the events of artifacts', () => {
  it('are all understood in every schema version', () => {
    const catalogue = new EventCatalogue(artifactsEvents);
    for (const { type, samples, resource } of catalogue.definitions) {
      samples.forEach((data, index) => {
        const event = catalogue.upcast<ArtifactEvent>({ type, schema: index + 1, data });
        const { sha256, size, path } = event.data;
        const known = evolve(noArtifacts, stored(path));
        const { files } = evolve(known, event);
        expect(files.get(path)).toEqual(type === 'ArtifactDeleted' ? undefined : { sha256, size });
        expect(resource(data)).toMatchObject({ kind: 'artifact', name: event.data.path });
      });
    }
  });
});
