import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CustodyError } from '../core/index.js';
import { locationOf, parseSource } from './source.js';

const LOGGED = `m-${'a1'.repeat(16)}`;
const RUN = '0192f0a8c4b77a1e9d3c5b6a7f8e9d0c';

describe('the source of a model version', () => {
  it('is understood when it names files of a run', () => {
    expect(parseSource(`runs:/${RUN}/a/b`)).toEqual({ kind: 'run', runId: RUN, path: 'a/b' });
    expect(parseSource(`mlflow-artifacts:/1/${RUN}/artifacts/model`)).toEqual({
      kind: 'run',
      runId: RUN,
      experimentId: '1',
      path: 'model',
    });
    expect(parseSource(`mlflow-artifacts:/1/${RUN}/artifacts`)).toMatchObject({ path: '' });
  });

  it.each([
    [`models:/${LOGGED}`, { kind: 'model', loggedModelId: LOGGED }],
    ['models:/lims detector/3', { kind: 'version', name: 'lims detector', choice: { version: 3 } }],
    ['models:/detector/production', { kind: 'version', name: 'detector', choice: { stage: 'Production' } }],
    ['models:/detector/Latest', { kind: 'version', name: 'detector', choice: { latest: true } }],
    ['models:/d@home@champion', { kind: 'version', name: 'd@home', choice: { alias: 'champion' } }],
    [
      `mlflow-artifacts:/1/models/${LOGGED}/artifacts/`,
      { kind: 'logged-model', experimentId: '1', loggedModelId: LOGGED, path: '' },
    ],
  ])('may be a logged model or another version: %s', (source, found) => expect(parseSource(source)).toEqual(found));

  it('is where the files are, also when it names what may move', () => {
    const storage = `mlflow-artifacts:/1/models/${LOGGED}/artifacts`;
    expect(locationOf({ source: 'models:/a/1', storage })).toMatchObject({ kind: 'logged-model' });
    expect(locationOf({ source: 's3://bucket/m' })).toEqual({ kind: 'external' });
    expect(locationOf({ source: 'prompt-template' })).toEqual({ kind: 'prompt' });
    expect(() => locationOf({ source: 'models:/a/1' })).toThrow('does not say where its files are');
  });

  it.each([
    'https://models.example.com/a/b.zip',
    'https://models.example.com:8443/a',
    's3://bucket/key/model',
    'gs://bucket/model/',
    'http://models.example.com/a',
    'abfss://models@lab.dfs.core.windows.net/detector',
    'wasbs://models@lab.blob.core.windows.net/detector',
    'hdfs://namenode:8020/models/detector',
  ])('may be somewhere else: %s', (source) => expect(parseSource(source)).toEqual({ kind: 'external' }));

  it.each([
    '',
    'model',
    '/etc/passwd',
    './model',
    '../model',
    'C:\\models\\x',
    'C:/models/x',
    '\\\\server\\share',
    'file:///etc/passwd',
    'file:/etc/passwd',
    'file://localhost/etc/passwd',
    'FILE:///etc/passwd',
    ' file:///etc/passwd',
    '/proc/self/root/etc/passwd',
    '//etc/passwd',
    'ftp://models.example.com/a',
    'sqlite:///x',
    'dbfs:/x',
    'models:/../1',
    'models:/%2e%2e/1',
    'models:/a%2f..%2f/1',
    'models:/..@x',
    'models:/a/b/1',
    'models:/a',
    'models:/a/0',
    'models:/a/Live',
    'models:/a@',
    'models:/@x',
    'models:/a@x/../y',
    'models:/a\\b/1',
    'models:/a/1?x',
    'models:/a/1#x',
    'models://host/a/1',
    `models:/${LOGGED}/x`,
    `models:/${LOGGED.toUpperCase()}`,
    'models:/m-0192f0a8c4b77a1e',
    'runs:/',
    `runs:/${RUN}`,
    `runs:/${RUN}/`,
    `runs:/${RUN}/../x`,
    `runs:/${RUN}/a/../../x`,
    `runs:/${RUN}/%2e%2e/x`,
    `runs:/${RUN}/%252e%252e/x`,
    `runs:/${RUN}/a\\b`,
    `runs:/${RUN}//a`,
    `runs://host/${RUN}/a`,
    `runs:/${RUN.toUpperCase()}/a`,
    'runs:/../a',
    `mlflow-artifacts://host/1/${RUN}/artifacts/x`,
    `mlflow-artifacts:///1/${RUN}/artifacts/x`,
    `mlflow-artifacts:/1/${RUN}/artifacts/../../../x`,
    `mlflow-artifacts:/1/${RUN}/artifacts/%2e%2e%2fx`,
    `mlflow-artifacts:/1/${RUN}/other/x`,
    'mlflow-artifacts:/etc/passwd',
    `mlflow-artifacts:/1/models/${LOGGED}/artifacts/../../x`,
    `mlflow-artifacts:/1/models/../${LOGGED}/artifacts`,
    `mlflow-artifacts:/1/models/m-1/artifacts`,
    'dummy-source',
    'prompt-template',
    'HTTPS://models.example.com/a',
    'ftp://user@host/a',
    's3://user@bucket/a',
    'abfss://a@b@c/x',
    'abfss://../x',
    'https:/models.example.com/a',
    'https:///etc/passwd',
    'https://../x',
    'https://host/../x',
    'https://host/a/%2e%2e/x',
    'https://host/a?x=file:///etc/passwd',
    'https://host/a#/etc',
    'https://host/a;file:///etc/passwd',
    'https://user:secret@host/a',
    'https://host\\@evil/a',
    'https://host/a\u0000',
    'https://host/a\n',
    `https://host/api/2.0/mlflow-artifacts/artifacts/1/${RUN}/artifacts/x`,
    `https://host/api/2.0/MLflow-Artifacts/artifacts/1/${RUN}/artifacts/x`,
    's3:/bucket/key',
    's3://bucket/../other',
    's3://bucket/a/./b',
    `s3://${'x'.repeat(3000)}`,
  ])('refuses %j and names the field', (source) => {
    expect(() => parseSource(source)).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'source-invalid', field: 'source' }),
    );
  });

  it('is never local, whatever it looks like', () => {
    const part = fc.constantFrom(
      'file:',
      '//',
      '/',
      '..',
      'https:',
      's3:',
      'runs:',
      'models:',
      'mlflow-artifacts:',
      RUN,
      'artifacts',
      '1',
      '%2e',
      '\\',
      '?',
      '#',
      ';',
      '@',
      'host',
      '\uff0e\uff0e',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 10 }), (parts) => {
        const source = parts.join('');
        try {
          parseSource(source);
        } catch (error) {
          expect(error).toBeInstanceOf(CustodyError);
          return;
        }
        expect(source).toMatch(/^(https:\/\/|s3:\/\/|gs:\/\/|runs:\/|models:\/|mlflow-artifacts:\/)[a-z0-9]/);
        expect(source.normalize('NFKC').split('/')).not.toContain('..');
        expect(source.replace(/@(?=host$)/, '')).not.toMatch(/[?#;@\\%]/);
      }),
      { numRuns: 2000 },
    );
  });
});
