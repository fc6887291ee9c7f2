import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { JOB_STATUSES } from '../../src/training/index.js';
import { account, freshServer, Http } from '../support/custody.js';

describe('/metrics', () => {
  let server: Awaited<ReturnType<typeof freshServer>>;
  let viewer: Http;
  beforeAll(async () => {
    server = await freshServer();
    viewer = await account(server.admin, 'vi.ewer', ['viewer']);
  });
  afterAll(() => server.end());

  const scrape = async (): Promise<ReadonlyMap<string, number>> => {
    const { status, body } = await viewer.get<string>('/metrics');
    expect(status).toBe(200);
    const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(
      lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
    );
  };
  const all = async (name: string) => (await scrape()).get(name) ?? 0;

  it('counts what is appended: appends, events and their bytes', async () => {
    const before = await scrape();
    const name = 'x'.repeat(500);
    const position = async (): Promise<number> => {
      const made = await server.admin.post('/api/v1/users', {
        login: 'some.one',
        display_name: name.slice(0, 200),
        roles: [],
      });
      return Number(made.headers.get('x-custody-position'));
    };
    const head = await position();
    const after = await scrape();
    const grown = (key: string) => after.get(key)! - before.get(key)!;
    // On SQLite positions have no gaps, and nobody else writes.
    expect(grown('custody_appended_events_total')).toBe(grown('custody_log_head_position'));
    expect(after.get('custody_log_head_position')).toBe(head);
    expect(grown('custody_appends_total')).toBeGreaterThan(0);
    expect(grown('custody_appends_total')).toBeLessThanOrEqual(grown('custody_appended_events_total'));
    expect(grown('custody_appended_bytes_total')).toBeGreaterThan(200 * grown('custody_appends_total'));
  });

  it('says how large the log is and how far the read models are', async () => {
    const position = (await viewer.post('/api/v1/tokens', { label: 'x' })).headers.get('x-custody-position');
    await server.admin.get('/api/v1/users', { 'x-custody-position': position! });
    const now = await scrape();
    expect(now.get('custody_log_size_bytes')).toBeGreaterThanOrEqual(statSync(join(server.data, 'log.db')).size);
    expect(now.get('custody_projected_position')).toBe(now.get('custody_log_head_position'));
    expect(now.get('custody_projection_lag')).toBe(0);
    expect(now.get('custody_projection_following')).toBe(1);
    expect(now.get('custody_projection_batches_total')).toBeGreaterThan(0);
  });

  it('counts refused sign-ins by reason, denials by code, and sign-ins by way', async () => {
    const refused = 'custody_refused_sign_ins_total{why="wrong-password"}';
    const denied = 'custody_denials_total{code="not-permitted"}';
    const before = await scrape();
    await new Http(server.url, 'vi.ewer', 'wrong').get('/api/v1/users/me');
    await viewer.post('/api/v1/users', { login: 'x', roles: [] });
    const after = await scrape();
    expect(after.get(refused)! - (before.get(refused) ?? 0)).toBe(1);
    expect(after.get(denied)! - (before.get(denied) ?? 0)).toBe(1);
    expect(await all('custody_sign_ins_total{via="password"}')).toBeGreaterThanOrEqual(2);
  });

  it('knows every state that a training job can be in', async () => {
    const now = await scrape();
    const states = JOB_STATUSES.map((state) => now.get(`custody_training_jobs{state="${state}"}`));
    expect(states).toEqual(JOB_STATUSES.map(() => 0));
  });

  it('has nothing of Custody’s own that the manual does not explain, and no name of anyone', async () => {
    const manual = readFileSync('docs/operations.md', 'utf8');
    const names = [...(await scrape()).keys()].map((key) => key.replace(/\{.*|_(bucket|sum|count)(?=\{|$)/g, ''));
    const own = [...new Set(names)].filter((name) => name.startsWith('custody_'));
    expect(own.length).toBeGreaterThan(12);
    expect(own.filter((name) => !manual.includes(`\`${name}\``))).toEqual([]);
    expect([...(await scrape()).keys()].join()).not.toMatch(/vi\.ewer|some\.one/);
  });
});
