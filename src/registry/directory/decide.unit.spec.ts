import { describe, it } from '@jest/globals';
import { ModelId } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { directoryDecider } from './decide.js';
import { DirectoryEvent } from './events.js';

const { given } = specFor(directoryDecider);
const one = '1'.repeat(32) as ModelId;
const two = '2'.repeat(32) as ModelId;
const at = 1767603600000;
const reserved = (name: string, modelId = one): DirectoryEvent => ({
  type: 'RegisteredModelNameReserved',
  data: { modelId, name, at },
});
const renamed = (from: string, name: string, modelId = one): DirectoryEvent => ({
  type: 'RegisteredModelRenamed',
  data: { modelId, name, from, at },
});
const released = (name: string, modelId = one): DirectoryEvent => ({
  type: 'RegisteredModelNameReleased',
  data: { modelId, name, at },
});

describe('reserving a model name', () => {
  const reserve = (name: string, modelId = one) => ({ type: 'reserve' as const, name, modelId, at });
  it('takes a free name', () => given().when(reserve('a')).then(reserved('a')));
  it('leaves a name with its holder', () => given(reserved('a')).when(reserve('a', two)).thenNothing());
  it('takes a name that was released', () =>
    given(reserved('a'), released('a')).when(reserve('a', two)).then(reserved('a', two)));
  it('takes a name that was given up by a rename', () =>
    given(reserved('a'), renamed('a', 'b')).when(reserve('a', two)).then(reserved('a', two)));
  it('tells names apart by case', () => given(reserved('a')).when(reserve('A', two)).then(reserved('A', two)));
});

describe('renaming a model', () => {
  const rename = (name: string, newName: string, modelId = one) => ({
    type: 'rename' as const,
    name,
    newName,
    modelId,
    at,
  });
  it('is one event for both names', () => given(reserved('a')).when(rename('a', 'b')).then(renamed('a', 'b')));
  it('to the name it has changes nothing', () => given(reserved('a')).when(rename('a', 'a')).thenNothing());
  it('to a name that is taken is refused', () =>
    given(reserved('a'), reserved('b', two))
      .when(rename('a', 'b'))
      .thenRefused({ kind: 'already-exists', code: 'model-exists', field: 'new_name' }));
  it('is refused when the name has gone to another model', () =>
    given(reserved('a', two))
      .when(rename('a', 'b'))
      .thenRefused({ kind: 'not-found', code: 'model-not-found', field: 'name' }));
  it('is refused when nobody has the name', () =>
    given().when(rename('a', 'b')).thenRefused({ kind: 'not-found', code: 'model-not-found' }));
});

describe('releasing a model name', () => {
  const release = (name: string, modelId = one) => ({ type: 'release' as const, name, modelId, at });
  it('frees it', () => given(reserved('a')).when(release('a')).then(released('a')));
  it('twice changes nothing', () => given(reserved('a'), released('a')).when(release('a')).thenNothing());
  it('leaves it alone when it went to another model', () => given(reserved('a', two)).when(release('a')).thenNothing());
});
