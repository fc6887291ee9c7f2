import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MailServer, Received } from '../../src/mail/testing/mail-server.js';
import { account, dataFolder, Http, Proc, withPassword } from '../support/custody.js';

const MLFLOW = '/api/2.0/mlflow';

describe('a server that is killed while it writes to somebody', () => {
  let data: ReturnType<typeof dataFolder>;
  let mail: MailServer;
  let server: Proc | undefined;
  beforeEach(async () => {
    data = dataFolder();
    mail = await MailServer.open();
  });
  afterEach(async () => {
    await server?.stop();
    await mail.close();
    data.remove();
  });

  const start = async () => {
    server = Proc.start(['serve', '--port', '0', '--data', data.path], {
      CUSTODY_SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
      CUSTODY_SMTP_FROM: 'custody@lab.example',
      CUSTODY_SMTP_TLS: 'none',
      CUSTODY_PRODUCTION_APPROVALS: '1',
    });
    return server.ready();
  };

  /** Somebody asks for Production, which two reviewers are written to about. */
  const asked = async (): Promise<Http> => {
    const { url, firstStart } = await start();
    const chosen = 'the first password of admin';
    const admin = await withPassword(url, firstStart!.login, firstStart!.oneTimePassword, chosen);
    for (const login of ['rex', 'ria']) {
      const person = { login, roles: ['reviewer'], email: `${login}@lab.example`, reason: 'a test' };
      const made = await admin.post('/api/v1/users', { ...person, identity_verified: 'identity card seen' });
      expect(made.status).toBe(201);
    }
    const ana = await account(admin, 'ana', ['analyst']);
    await ana.post(`${MLFLOW}/registered-models/create`, { name: 'detector' });
    await ana.post(`${MLFLOW}/model-versions/create`, { name: 'detector', source: 's3://lab/model' });
    const moving = { name: 'detector', version: '1', stage: 'Production' };
    expect((await ana.post(`${MLFLOW}/model-versions/transition-stage`, moving)).status).toBe(403);
    return admin;
  };

  const again = async ({ login, password }: Http): Promise<Http> => {
    await server!.kill();
    return new Http((await start()).url, login, password);
  };

  const recorded = async (admin: Http, count: number): Promise<number> => {
    const trail = '/api/v1/audit/events?action=MailSent&limit=100';
    for (;;) {
      const { events } = (await admin.get<{ events: unknown[] }>(trail)).body;
      if (events.length >= count) return events.length;
      await new Promise((soon) => setTimeout(soon, 20));
    }
  };

  const idOf = ({ raw }: Received) => /^Message-ID: (.*)\r$/im.exec(raw)![1];
  const to = (letters: readonly Received[]) => letters.map(({ to: each }) => each.join());

  it('has written to everybody once when it died before the letter was taken', async () => {
    mail.hangs.push('asked');
    const admin = await asked();
    await mail.asked(1);
    expect(await recorded(await again(admin), 2)).toBe(2);
    expect(to(mail.received).sort()).toEqual(['rex@lab.example', 'ria@lab.example']);
  });

  it('writes again, under the same id, when it died before it had recorded what was taken', async () => {
    mail.hangs.push('nowhere', 'taken');
    const admin = await asked();
    await mail.letters(2);
    expect(await recorded(await again(admin), 2)).toBe(2);
    const letters = await mail.letters(3);
    const [first, second, third] = letters.map(idOf);
    expect(letters).toHaveLength(3);
    // Whose letter was recorded is not written to again; the other one's mailbox can tell that it is the same letter.
    expect([third, to(letters)[2]]).toEqual([second, to(letters)[1]]);
    expect(first).not.toBe(second);
  });
});
