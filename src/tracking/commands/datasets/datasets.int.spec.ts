import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DatasetReader } from '../../dataset/dataset-reader.js';
import { refusalOf, TrackingLab } from '../../testing/tracking-lab.js';
import { RegisterDataset } from './register-dataset.command.js';

let lab: TrackingLab;
beforeEach(async () => {
  lab = await TrackingLab.open();
});
afterEach(() => lab.close());

const csv = Buffer.from('ph_level,contaminated\n7.0,0\n6.1,1\n');
const register = (name: string, body = csv, source?: string) =>
  lab.room.commands.execute(new RegisterDataset(lab.context(), { name, body, ...(source ? { source } : {}) }));

describe('registering a data set', () => {
  it('keeps the bytes and what is in them', async () => {
    const dataset = await register('LIMS', csv, 'LIMS export');
    expect(dataset).toMatchObject({
      name: 'LIMS',
      size: csv.byteLength,
      rows: 2,
      columns: [
        { name: 'ph_level', type: 'number' },
        { name: 'contaminated', type: 'integer' },
      ],
      source: 'LIMS export',
    });
    expect(await lab.room.app.get(DatasetReader).load(dataset.datasetId)).toEqual({ info: dataset, bytes: csv });
  });
  it('again is the same data set; other bytes or another name are another one', async () => {
    const first = await register('LIMS');
    expect(await register('LIMS', csv, 'elsewhere')).toEqual(first);
    const others = [await register('LIMS', Buffer.from('a\n1\n')), await register('other')];
    expect(new Set([first, ...others].map(({ datasetId }) => datasetId)).size).toBe(3);
    expect(await lab.types()).toEqual(Array(3).fill('DatasetRegistered'));
  });
  it('at once is one data set', async () => {
    const all = await Promise.all([register('LIMS'), register('LIMS'), register('LIMS')]);
    expect(new Set(all.map(({ datasetId }) => datasetId)).size).toBe(1);
    expect(await lab.types()).toEqual(['DatasetRegistered']);
  });
  it('refuses a bad name, a bad source and a bad file, and records nothing', async () => {
    expect(await refusalOf(register('../LIMS'))).toEqual({ kind: 'invalid', code: 'invalid-key' });
    expect(await refusalOf(register('LIMS', csv, 's'.repeat(65_536)))).toEqual({ kind: 'invalid', code: 'too-long' });
    expect(await refusalOf(register('LIMS', Buffer.from('a,b\n1\n')))).toEqual({ kind: 'invalid', code: 'bad-csv' });
    expect(await lab.types()).toEqual([]);
  });
  it.each(['', 'd-1', '../../etc/passwd', `d-${'0'.repeat(32)}`])('knows no data set %j', async (datasetId) => {
    const load = lab.room.app.get(DatasetReader).load(datasetId);
    expect(await refusalOf(load)).toEqual({ kind: 'not-found', code: 'dataset-not-found' });
  });
});

describe('the data set routes', () => {
  const inject = async (method: 'GET' | 'POST', url: string, payload?: Buffer, type = 'text/csv') => {
    const headers = { 'content-type': type };
    const answer = await lab.room.app.inject({
      method,
      url: `/api/v1/datasets${url}`,
      ...(payload ? { payload, headers } : {}),
    });
    return { status: answer.statusCode, body: answer.body, json: () => answer.json<Record<string, unknown>>() };
  };

  it('list what was registered, newest first, page by page', async () => {
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      lab.room.clock.advance(1_000_000);
      ids.unshift((await register(name)).datasetId);
    }
    const first = (await inject('GET', '?limit=2')).json();
    lab.room.clock.advance(1_000_000);
    await register('newer');
    const rest = (await inject('GET', `?limit=2&page_token=${String(first['next_page_token'])}`)).json();
    const idsOf = ({ datasets }: Record<string, unknown>) =>
      (datasets as { dataset_id: string }[]).map((set) => set.dataset_id);
    expect([...idsOf(first), ...idsOf(rest)]).toEqual(ids);
    expect(rest['next_page_token']).toBeUndefined();
  });
  it('show a data set and hand out its very bytes', async () => {
    const { datasetId } = await register('LIMS');
    expect((await inject('GET', `/${datasetId}`)).json()).toMatchObject({ dataset_id: datasetId, rows: 2 });
    expect((await inject('GET', `/${datasetId}/content`)).body).toBe(csv.toString());
    expect((await inject('GET', '/d-1')).status).toBe(404);
  });
  it('refuse what is no CSV file', async () => {
    const answer = await inject('POST', '?name=LIMS', Buffer.from('{}'), 'application/json');
    expect([answer.status, answer.json()['code']]).toEqual([400, 'csv-expected']);
  });
});
