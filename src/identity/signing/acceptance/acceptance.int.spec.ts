import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UserId } from '../../../core/index.js';
import { ChangePassword, CreateUser, VerifyIdentity } from '../../index.js';
import { openBrowser } from '../../testing/browser.js';
import { basic } from '../../testing/fake-request.js';
import { IdentityLab } from '../../testing/identity-lab.js';
import { alerts, PASSWORD, whys } from '../../testing/signing-people.js';
import { ACCEPTANCE_TEXTS } from './text.js';

describe('accepting that signatures bind', () => {
  let lab: IdentityLab;
  let rev: UserId;
  beforeEach(async () => {
    lab = await IdentityLab.start();
    rev = await lab.person('rev', PASSWORD, 'reviewer');
  });
  afterEach(() => lab.stop());

  const send = (method: 'GET' | 'POST', body?: object, authorization = basic('rev', PASSWORD)) =>
    openBrowser(lab.app).send(method, 'users/me/signature-acceptance', body, { authorization });

  it('shows the text and its digest, and is recorded with both on the person’s own stream', async () => {
    const before = await send('GET');
    expect(before.body).toMatchObject({
      version: 1,
      accepted: false,
      text: expect.stringContaining('legally binding equivalent'),
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      signing: { password: true, code: false, oidc: false },
    });
    expect((await send('POST', { version: 1, password: PASSWORD })).body).toMatchObject({ accepted: true, version: 1 });
    const [event] = await lab.events('SignatureAccepted');
    expect(event).toMatchObject({
      stream: `user-${rev}`,
      actor: { id: rev },
      data: { userId: rev, version: 1, digest: before.body['digest'], components: ['password'] },
    });
    expect((await send('GET')).body).toMatchObject({ accepted: true, accepted_version: 1 });
  });

  it('takes the same components as a signature, with the same trace when they are wrong', async () => {
    expect((await send('POST', { version: 1 })).status).toBe(403);
    expect((await send('POST', { version: 1, password: 'wrong' })).body).toMatchObject({ code: 'signature-refused' });
    expect(await whys(lab)).toEqual(['components-missing', 'wrong-password']);
    expect((await alerts(lab)).map(({ alert }) => alert)).toEqual(['signing-failed']);
    expect((await send('GET')).body).toMatchObject({ accepted: false });
  });

  it('is of the text that was read, and of no other', async () => {
    for (const version of [0, 2, '1', null])
      expect((await send('POST', { version, password: PASSWORD })).status).toBe(400);
    expect(await lab.events('SignatureAccepted')).toEqual([]);
  });

  it('can’t be done by an account that waits for its verification, and can afterwards', async () => {
    const input = { login: 'waits', kind: 'person' as const, roles: ['reviewer' as const] };
    const { userId, oneTimePassword } = await lab.commands.execute(new CreateUser(lab.system(), input));
    const own = { current: oneTimePassword!, next: PASSWORD };
    const authorization = basic('waits', PASSWORD);
    expect(
      (await send('POST', { version: 1, password: oneTimePassword }, basic('waits', oneTimePassword!))).status,
    ).toBe(403);
    await lab.commands.execute(new ChangePassword(lab.as(userId), own));
    expect((await send('POST', { version: 1, password: PASSWORD }, authorization)).status).toBe(403);
    expect(await whys(lab)).toEqual(['pending']);
    await lab.commands.execute(new VerifyIdentity(lab.as(rev), { userId, how: 'passport seen' }));
    expect((await send('POST', { version: 1, password: PASSWORD }, authorization)).status).toBe(200);
  });

  it('never changes a text that people have accepted', () =>
    expect(ACCEPTANCE_TEXTS.map(({ version, digest }) => [version, digest])).toEqual([
      [1, '44274f64037b1ab3effe5c3de000d3aeb3101a032a60f3f9e4da286ed535d74b'],
    ]));
});
