import { describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { about } from '../../http/index.js';
import { rowsOf, whatWasRead } from './what-was-read.js';

const RUN = '5f2c0d6c8f6d4a5e9b7f1a2b3c4d5e6f';
const request = (parts: Partial<Record<'params' | 'query' | 'body', object>>, url = '/route') =>
  ({ params: {}, query: {}, body: undefined, routeOptions: { url }, ...parts }) as unknown as FastifyRequest;

describe('what a request read', () => {
  it('is what its route is declared to be about, once, however often it is named', () => {
    const subject = about.runs('run_id', 'run_uuid');
    const read = whatWasRead(request({ query: { run_id: RUN, run_uuid: RUN } }), { action: 'run:read', subject });
    expect(read).toEqual({ action: 'run:read', route: '/route', things: [{ kind: 'run', id: RUN }] });
  });

  it('is a file of the run or model that it lies under, however it is addressed', () => {
    const byRun = { action: 'artifact:read', subject: about.runs('run_id') } as const;
    const byPath = { action: 'artifact:read', subject: about.artifacts('*') } as const;
    const model = `m-${RUN}`;
    expect(whatWasRead(request({ query: { run_id: RUN, path: 'model/x' } }), byRun).things).toEqual([
      { kind: 'run', id: RUN, path: 'model/x' },
    ]);
    expect(whatWasRead(request({ params: { '*': `7/${RUN}/artifacts/model/x` } }), byPath).things).toEqual([
      { kind: 'run', id: RUN, path: 'model/x' },
    ]);
    expect(whatWasRead(request({ params: { '*': `7/models/${model}/artifacts/x` } }), byPath).things).toEqual([
      { kind: 'logged-model', id: model, path: 'x' },
    ]);
    expect(whatWasRead(request({ params: { '*': 'nowhere' } }), byPath).things).toEqual([
      { kind: 'artifact', id: 'nowhere' },
    ]);
  });

  it('is, where nothing is declared, the thing with the id in its path, or all of that kind', () => {
    expect(whatWasRead(request({ params: { id: 'd-1' } }), { action: 'dataset:read' }).things).toEqual([
      { kind: 'dataset', id: 'd-1' },
    ]);
    expect(whatWasRead(request({}), { action: 'audit:read' }).things).toEqual([{ kind: 'trail' }]);
  });

  it('is, of a list, the experiments that it was asked of and the question, the same one on every page', () => {
    const search = (body: object) => whatWasRead(request({ body }), { action: 'run:read', subject: 'seen' }, 5);
    const first = search({ experiment_ids: ['1', '2'], filter: "user = 'kim'" });
    expect(first.things).toEqual([
      { kind: 'experiment', id: '1' },
      { kind: 'experiment', id: '2' },
    ]);
    expect(first).toMatchObject({ rows: 5, question: { fields: ['experiment_ids', 'filter'] } });
    const next = search({ filter: "user = 'kim'", page_token: 'x', experiment_ids: ['1', '2'] });
    expect(next.question).toEqual(first.question);
    expect(search({ experiment_ids: ['1', '2'], filter: 'x'.repeat(100_000) }).question?.text.length).toBeLessThan(99);
  });

  it('does not repeat as a field what a client makes up', () => {
    const read = whatWasRead(request({ query: { 'Kim Possible': '1', filter: 'x' } }), { action: 'run:read' });
    expect(read.question?.fields).toEqual(['filter']);
  });
});

describe('the rows of an answer', () => {
  it('are those of its list, and none where there is no list', () => {
    expect(rowsOf({ runs: [1, 2, 3], next_page_token: 'x' })).toBe(3);
    expect(rowsOf([1])).toBe(1);
    expect(rowsOf({ run: { info: {} } })).toBeUndefined();
    expect(rowsOf('OK')).toBeUndefined();
  });
});
