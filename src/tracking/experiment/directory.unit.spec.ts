import { describe, it } from '@jest/globals';
import { ExperimentId } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { DirectoryEvent, directoryDecider } from './directory.js';

const { given } = specFor(directoryDecider);
const reserved = (id: string, name: string): DirectoryEvent => ({
  type: 'ExperimentNameReserved',
  data: { experimentId: id as ExperimentId, name },
});
const renamed = (id: string, from: string, name: string): DirectoryEvent => ({
  type: 'ExperimentRenamed',
  data: { experimentId: id as ExperimentId, from, name },
});
const rename = (id: string, name: string) => ({ type: 'rename', experimentId: id as ExperimentId, name }) as const;
const DEFAULT = reserved('0', 'Default');

describe('reserving a name', () => {
  it('gives out ids in order, beginning with 1', () => {
    given().when({ type: 'reserve', name: 'A' }).then(reserved('1', 'A'));
    given(DEFAULT, reserved('1', 'A')).when({ type: 'reserve', name: 'B' }).then(reserved('2', 'B'));
  });
  it('never gives out an id again, even after its name was given up', () => {
    given(reserved('1', 'A'), renamed('1', 'A', 'B'))
      .when({ type: 'reserve', name: 'A' })
      .then(reserved('2', 'A'));
    given(reserved('9', 'A')).when({ type: 'reserve', name: 'B' }).then(reserved('10', 'B'));
  });
  it('changes nothing when the name is taken: whoever asks looks by whom', () => {
    given(reserved('1', 'A')).when({ type: 'reserve', name: 'A' }).thenNothing();
  });
  it('tells upper case from lower case', () => {
    given(reserved('1', 'A')).when({ type: 'reserve', name: 'a' }).then(reserved('2', 'a'));
  });
  it('refuses a name that is empty or too long', () => {
    given().when({ type: 'reserve', name: '' }).thenRefused({ kind: 'invalid', code: 'missing-name', field: 'name' });
    given().when({ type: 'reserve', name: ' \t' }).thenRefused({ code: 'missing-name' });
    given()
      .when({ type: 'reserve', name: 'n'.repeat(501) })
      .thenRefused({ code: 'too-long', field: 'name' });
  });
  it('counts characters, not UTF-16 units', () => {
    const name = '🧪'.repeat(500);
    given().when({ type: 'reserve', name }).then(reserved('1', name));
  });
});

describe('the default experiment', () => {
  it('is 0, once', () => {
    given().when({ type: 'reserve-default' }).then(DEFAULT);
    given(DEFAULT).when({ type: 'reserve-default' }).thenNothing();
    given(DEFAULT, renamed('0', 'Default', 'Mine'))
      .when({ type: 'reserve-default' })
      .thenNothing();
  });
  it('keeps its name free until it is there', () => {
    given(reserved('1', 'A')).when({ type: 'reserve', name: 'Default' }).then(DEFAULT);
    given(reserved('1', 'A')).when(rename('1', 'Default')).thenRefused({ kind: 'already-exists' });
  });
  it('may give its name up like any other', () => {
    given(DEFAULT, renamed('0', 'Default', 'Mine'))
      .when({ type: 'reserve', name: 'Default' })
      .then(reserved('1', 'Default'));
  });
});

describe('renaming', () => {
  it('frees the old name in the same event', () => {
    given(reserved('1', 'A'))
      .when(rename('1', 'B'))
      .then(renamed('1', 'A', 'B'));
    given(reserved('1', 'A'), renamed('1', 'A', 'B'), reserved('2', 'A'))
      .when(rename('2', 'C'))
      .then(renamed('2', 'A', 'C'));
  });
  it('to the same name changes nothing', () => {
    given(reserved('1', 'A')).when(rename('1', 'A')).thenNothing();
  });
  it('refuses the name of another experiment', () => {
    given(reserved('1', 'A'), reserved('2', 'B'))
      .when(rename('2', 'A'))
      .thenRefused({ kind: 'already-exists', code: 'experiment-exists', field: 'new_name' });
  });
  it('refuses a name that is empty or too long, and an experiment that is not there', () => {
    given(reserved('1', 'A')).when(rename('1', '')).thenRefused({ code: 'missing-name', field: 'new_name' });
    given(reserved('1', 'A'))
      .when(rename('1', 'n'.repeat(501)))
      .thenRefused({ code: 'too-long', field: 'new_name' });
    given(reserved('1', 'A')).when(rename('2', 'B')).thenRefused({ kind: 'not-found', field: 'experiment_id' });
  });
});
