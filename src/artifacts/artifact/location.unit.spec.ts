import { describe, expect, it } from '@jest/globals';
import { RUN } from '../testing/room-lab.js';
import { artifactLocation, ownedLocation, rootUri, runId } from './location.js';

describe('an artifact location', () => {
  it('is the inverse of the root that clients are told to use', () => {
    const where = artifactLocation(`7/${RUN}/artifacts/model/MLmodel`);
    expect(where).toEqual({ experimentId: '7', runId: RUN, path: 'model/MLmodel' });
    expect(rootUri(where)).toBe(`mlflow-artifacts:/7/${RUN}/artifacts`);
    expect(artifactLocation(`0/${RUN}/artifacts`)).toEqual({ experimentId: '0', runId: RUN, path: '' });
    expect(artifactLocation(`0/${RUN}/artifacts/`).path).toBe('');
  });

  it.each([
    '',
    'x',
    `1/${RUN}`,
    `1/${RUN}/other/x`,
    `01/${RUN}/artifacts/x`,
    `-1/${RUN}/artifacts/x`,
    `1/${RUN.toUpperCase()}/artifacts/x`,
    `1/../${RUN}/artifacts/x`,
    `1/${RUN}/artifacts/../../x`,
    `1/${RUN}/artifacts/%2e%2e/x`,
    `1/models/m-1/artifacts/x`,
    `1/models/${RUN}/artifacts/x`,
    `1/models/m-${RUN.toUpperCase()}/artifacts/x`,
    `1/m-${RUN}/artifacts/x`,
    `1/models/../m-${RUN}/artifacts/x`,
    `1/models/m-${RUN}/x`,
    `/1/${RUN}/artifacts/x`,
    `1/${RUN}/artifactsx`,
  ])('refuses %j', (text) => {
    for (const read of [artifactLocation, ownedLocation])
      expect(() => read(text)).toThrow(expect.objectContaining({ kind: 'invalid', field: 'path' }));
  });

  it('of a logged model lies under models, where only an owned location may be', () => {
    const where = ownedLocation(`7/models/m-${RUN}/artifacts/MLmodel`);
    expect(where).toEqual({ experimentId: '7', runId: `m-${RUN}`, path: 'MLmodel' });
    expect(rootUri(where)).toBe(`mlflow-artifacts:/7/models/m-${RUN}/artifacts`);
    expect(ownedLocation(`7/${RUN}/artifacts/a`)).toEqual(artifactLocation(`7/${RUN}/artifacts/a`));
    expect(() => artifactLocation(`7/models/m-${RUN}/artifacts/MLmodel`)).toThrow(
      expect.objectContaining({ kind: 'invalid' }),
    );
  });

  it('takes run ids in their one form only', () => {
    expect(runId(RUN)).toBe(RUN);
    for (const wrong of ['', '../x', RUN.toUpperCase(), `${RUN}0`, RUN.slice(1)]) {
      expect(() => runId(wrong)).toThrow(expect.objectContaining({ code: 'run-id-invalid', field: 'run_id' }));
    }
  });
});
