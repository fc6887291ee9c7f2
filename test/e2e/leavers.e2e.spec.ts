import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { account, dataFolder, Http, Proc, withPassword } from '../support/custody.js';

describe('somebody who leaves, with two servers on one log', () => {
  const data = dataFolder();
  const servers: Proc[] = [];
  let admin: Http;
  let other: string;

  const serve = async () => {
    const server = Proc.start(['serve', '--port', '0', '--data', data.path]);
    servers.push(server);
    return server.ready();
  };
  beforeAll(async () => {
    const { url, firstStart } = await serve();
    other = (await serve()).url;
    admin = await withPassword(url, firstStart!.login, firstStart!.oneTimePassword, 'the first password of admin');
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    data.remove();
  });

  const idOf = async (person: Http) => (await person.get<{ user_id: string }>('/api/v1/users/me')).body.user_id;

  it('is refused by the other server at the very next request, by token and by password', async () => {
    const ana = await account(admin, 'ana', ['analyst']);
    const { token } = (await ana.post<{ token: string }>('/api/v1/tokens', { label: 'night job' })).body;
    const there = new Http(other, ana.login, ana.password);
    const byToken = () => new Http(other).get('/api/v1/users/me', { authorization: `Bearer ${token}` });
    // Both are remembered by the other server as good.
    expect([(await there.get('/api/v1/users/me')).status, (await byToken()).status]).toEqual([200, 200]);
    const disabled = await admin.post(`/api/v1/users/${await idOf(ana)}/disable`, { reason: 'has left' });
    expect(disabled.status).toBe(200);
    expect([(await byToken()).status, (await there.get('/api/v1/users/me')).status]).toEqual([401, 401]);
  });

  it('leaves the login taken for ever, on every server and in every spelling', async () => {
    const ben = await account(admin, 'ben', ['viewer']);
    await admin.post(`/api/v1/users/${await idOf(ben)}/disable`, {});
    for (const url of [admin.url, other]) {
      const again = await new Http(url, admin.login, admin.password).post('/api/v1/users', { login: 'BEN', roles: [] });
      expect([again.status, (again.body as { code?: string }).code]).toEqual([400, 'user-exists']);
    }
  });

  it('may be one of two administrators who remove each other at once, but not both', async () => {
    let one = admin;
    for (let round = 0; round < 4; round++) {
      const made = await account(one, `admin.${round}`, ['admin']);
      const two = new Http(one.url === other ? admin.url : other, made.login, made.password);
      const [first, second] = [await idOf(one), await idOf(two)];
      const removed = await Promise.all([
        one.post(`/api/v1/users/${second}/disable`, {}),
        two.post(`/api/v1/users/${first}/roles`, { roles: [], reason: 'a test' }),
      ]);
      const statuses = removed.map(({ status }) => status).sort((a, b) => a - b);
      // Whose own removal came first is refused at the door, or by the guard, or because nobody would stay.
      expect(statuses[0]).toBe(200);
      expect([401, 403]).toContain(statuses[1]);
      const can = await Promise.all([one, two].map(async (each) => (await each.get('/api/v1/users')).status === 200));
      expect(can.filter(Boolean)).toHaveLength(1);
      one = can[0] ? one : two;
    }
  }, 60_000);
});
