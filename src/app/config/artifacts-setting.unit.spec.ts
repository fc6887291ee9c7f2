import { describe, expect, it } from '@jest/globals';
import { artifactsSetting } from './artifacts-setting.js';

describe('where artifacts are kept', () => {
  it.each([
    ['', { kind: 'file' }],
    ['file', { kind: 'file' }],
    ['s3://lab-artifacts', { kind: 's3', bucket: 'lab-artifacts', prefix: '', region: 'us-east-1' }],
    ['s3://lab.artifacts/', { kind: 's3', bucket: 'lab.artifacts', prefix: '', region: 'us-east-1' }],
    [
      's3://lab/custody/qc_1/?region=eu-central-1&endpoint=http%3A%2F%2Flocalhost%3A9000',
      { kind: 's3', bucket: 'lab', prefix: 'custody/qc_1', region: 'eu-central-1', endpoint: 'http://localhost:9000' },
    ],
    [
      's3://lab?endpoint=https://s3.lab.example/',
      { kind: 's3', bucket: 'lab', prefix: '', region: 'us-east-1', endpoint: 'https://s3.lab.example' },
    ],
  ])('%j is understood', (text, expected) => expect(artifactsSetting(text)).toEqual(expected));

  it.each([
    '/var/artifacts',
    'file:///var/artifacts',
    's3://',
    's3:///prefix',
    's3://Bucket',
    's3://b',
    's3://lab/../other',
    's3://lab/a//b',
    's3://lab/a b',
    's3://lab/%2e%2e',
    's3://lab#x',
    's3://lab?path=x',
    's3://lab?region=eu/central',
    's3://lab?endpoint=ftp://host',
    's3://lab?endpoint=host:9000',
    's3://lab?endpoint=http://user:hunter2@host',
    's3://lab?endpoint=http://host/path',
    's3://key:hunter2@lab',
  ])('%j is refused without being repeated', (text) => {
    expect(() => artifactsSetting(text)).toThrow(/must|may|knows/);
    expect(() => artifactsSetting(text)).not.toThrow(/hunter2/);
  });
});
