import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sign, signatory } from '../support/approvals.js';
import { account, custody as command, dataFolder, freshServer, Http, Proc } from '../support/custody.js';

const MLFLOW = '/api/2.0/mlflow';
const SEGMENTS = '/api/v1/archive/segments';

interface Segment {
  readonly segment: number;
  readonly first_event: number;
  readonly events: number;
  readonly sha256: string;
  readonly root: string;
}

describe('the archive', () => {
  const files = dataFolder();
  let custody: Awaited<ReturnType<typeof freshServer>>;
  let ada: Http;
  let otto: Http;
  let ana: Http;
  let runId: string;
  let env: Record<string, string>;
  const [one, two] = [join(files.path, '1.segment'), join(files.path, '2.segment')];

  beforeAll(async () => {
    custody = await freshServer();
    ada = await signatory(custody.admin, 'ada', ['admin']);
    otto = await signatory(custody.admin, 'otto', ['auditor']);
    ana = await account(custody.admin, 'ana', ['analyst']);
    env = { CUSTODY_URL: custody.url, CUSTODY_USERNAME: 'admin', CUSTODY_PASSWORD: custody.admin.password! };
    runId = await run();
  }, 180_000);
  afterAll(async () => {
    await custody.end();
    files.remove();
  });

  async function run(): Promise<string> {
    const { body } = await ana.post<{ run: { info: { run_id: string } } }>(`${MLFLOW}/runs/create`, {
      experiment_id: '0',
    });
    const { run_id } = body.run.info;
    await ana.post(`${MLFLOW}/runs/log-metric`, { run_id, key: 'f1', value: 0.9, timestamp: 1, step: 1 });
    return run_id;
  }
  const segments = async () => (await otto.get<{ segments: readonly Segment[] }>(SEGMENTS)).body.segments;
  const denied = async () => {
    const { body } = await otto.get<{ events: { event_id: string; resource: { kind: string } }[] }>(
      '/api/v1/audit/events?action=AccessDenied',
    );
    const found = body.events.filter(({ resource }) => resource.kind === 'archive-segment');
    const events = found.map(({ event_id }) =>
      otto.get<{ data: { code: string } }>(`/api/v1/audit/events/${event_id}`),
    );
    return (await Promise.all(events)).map((event) => event.body.data.code);
  };

  it('takes nothing that is not past its online time', async () => {
    expect(await custody.admin.post(SEGMENTS, {})).toMatchObject({ status: 400, body: { code: 'nothing-to-archive' } });
    expect(await segments()).toEqual([]);
  });

  it('is for administrators to write and for those who keep the records to see', async () => {
    expect([(await otto.post(SEGMENTS, {})).status, (await ana.get(SEGMENTS)).status]).toEqual([403, 403]);
  });

  it('takes nothing while it is held: everything, or a person or model that it tells of', async () => {
    const asked = await otto.post<{ number: number }>('/api/v1/retention/changes', {
      online_days: 0,
      reason: 'a test',
    });
    const { number } = asked.body;
    const other = await signatory(custody.admin, 'olga', ['auditor']);
    await sign(other, number);
    expect((await sign(ada, number)).body).toMatchObject({ state: 'carried-out' });
    const { user_id } = (await ana.get<{ user_id: string }>('/api/v1/users/me')).body;
    for (const on of [{ everything: true }, { user_id }]) {
      const { body } = await otto.post<{ hold_id: string }>('/api/v1/legal-holds', { ...on, reason: 'a case' });
      expect(await custody.admin.post(SEGMENTS, {})).toMatchObject({ status: 400, body: { code: 'legal-hold' } });
      await otto.post(`/api/v1/legal-holds/${body.hold_id}/lift`, { reason: 'closed' });
    }
    expect(await segments()).toEqual([]);
  });

  it('closes the log so far as one segment after the other, each continuing the one before', async () => {
    const close = ['archive', 'close', '--reason', 'yearly archive', '--json'];
    const first = await command(close, env);
    expect(first).toMatchObject({ code: 0, err: '' });
    await run();
    await command(close, env);
    const found = await segments();
    expect(found.map(({ segment }) => segment)).toEqual([1, 2]);
    expect(found[0]!.first_event).toBe(0);
    expect(found[1]!.first_event).toBe(found[0]!.events);
    for (const [number, file] of [
      ['1', one],
      ['2', two],
    ] as const)
      expect(await command(['archive', 'get', number, '--out', file], env)).toMatchObject({ code: 0, err: '' });
    expect((await command(['archive', 'get', '3', '--out', join(files.path, '3')], env)).err).toMatch(
      /no such archived segment/,
    );
    expect(existsSync(join(files.path, '3'))).toBe(false);
  }, 120_000);

  it('proves itself offline, to the root that the log has of it', async () => {
    const verified = await command(['archive', 'verify', one, two]);
    expect(verified).toMatchObject({ code: 0, err: '' });
    for (const { events, root } of await segments())
      expect([verified.out.includes(`${events} events, whole`), verified.out.includes(root)]).toEqual([true, true]);
  });

  it('says what is wrong with a file that was changed, and restores nothing from it', async () => {
    const file = join(files.path, 'tampered');
    const lines = readFileSync(one, 'utf8').trimEnd().split('\n');
    writeFileSync(file, lines.with(3, lines[3]!.replace('"schema":1', '"schema":2')).join('\n'));
    expect(await command(['archive', 'verify', file])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/event 2 in .* was changed/),
    });
    const into = join(files.path, 'nothing');
    expect((await command(['archive', 'restore', file, '--into', into])).code).toBe(65);
    expect(existsSync(join(into, 'log.db'))).toBe(false);
  }, 120_000);

  it('is not restored without its beginning', async () => {
    const restored = await command(['archive', 'restore', two, '--into', join(files.path, 'half')]);
    expect(restored).toMatchObject({ code: 65, err: expect.stringMatching(/the segments before it are missing/) });
  }, 120_000);

  it('answers queries again once it is restored, and is restored into nothing but an empty place', async () => {
    const into = join(files.path, 'as-it-was');
    expect(await command(['archive', 'restore', one, '--into', into])).toMatchObject({ code: 0, err: '' });
    expect((await command(['archive', 'restore', one, '--into', into])).err).toMatch(/a log at .* already/);
    cpSync(join(custody.data, 'keys'), join(into, 'keys'), { recursive: true });
    const server = Proc.start(['serve', '--port', '0', '--data', into]);
    const { url } = await server.ready();
    try {
      const http = new Http(url, otto.login, otto.password);
      const { body } = await http.get<{ run: { data: { metrics: object[] } } }>(`${MLFLOW}/runs/get?run_id=${runId}`);
      expect(body.run.data.metrics).toEqual([{ key: 'f1', value: 0.9, timestamp: 1, step: 1 }]);
      const trail = await http.get<{ events: object[] }>('/api/v1/audit/events?action=RunStarted');
      expect(trail.body.events).toHaveLength(1);
    } finally {
      await server.stop();
    }
  }, 120_000);

  it('removes nothing that is younger than its time or held, and trying is in the trail', async () => {
    const gone = await command(['archive', 'remove', '1', '--reason', 'to save space'], env);
    expect(gone.err).toMatch(/kept until 20\d\d-.*nobody removes them before/);
    await otto.post('/api/v1/legal-holds', { everything: true, reason: 'a case' });
    expect((await custody.admin.send('DELETE', `${SEGMENTS}/1`)).body).toMatchObject({ code: 'removal-under-hold' });
    expect(await denied()).toEqual(expect.arrayContaining(['removal-under-hold', 'retention-not-over']));
    expect((await custody.admin.send('DELETE', `${SEGMENTS}/77`)).status).toBe(404);
    expect(await segments()).toHaveLength(2);
  }, 120_000);
});
