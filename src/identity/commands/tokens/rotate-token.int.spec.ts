import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UserId } from '../../../core/index.js';
import { openBrowser } from '../../testing/browser.js';
import { bearer } from '../../testing/fake-request.js';
import { IdentityLab } from '../../testing/identity-lab.js';
import { IssuedToken, IssueToken, RotateToken } from './tokens.commands.js';

describe('giving a token another secret', () => {
  let lab: IdentityLab;
  let ada: UserId;
  let token: IssuedToken;
  beforeEach(async () => {
    lab = await IdentityLab.start();
    ada = await lab.person('ada', 'a long enough password', 'analyst');
    token = await lab.commands.execute(new IssueToken(lab.as(ada), { label: 'laptop' }));
  });
  afterEach(() => lab.stop());
  const path = () => `tokens/${token.tokenId}/rotate`;
  const by = (secret: string) => openBrowser(lab.app).send('POST', path(), {}, { authorization: bearer(secret) });

  it('six times at once is done once: the others are told that somebody was faster', async () => {
    const rotate = () => lab.commands.execute(new RotateToken(lab.as(ada), { tokenId: token.tokenId }));
    const results = await Promise.allSettled(Array.from({ length: 6 }, rotate));
    const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const lost = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    expect([won.length, lost.length]).toEqual([1, 5]);
    for (const error of lost) expect(error).toMatchObject({ kind: 'conflict', code: 'token-rotated-meanwhile' });
    expect(await lab.events('TokenRotated')).toHaveLength(1);
    expect(
      (await openBrowser(lab.app).send('GET', 'users/me', undefined, { authorization: bearer(won[0]!.secret) })).status,
    ).toBe(200);
  });

  it('by its own old secret is done once too, whenever the others come', async () => {
    const answers = [await by(token.secret), ...(await Promise.all(Array.from({ length: 5 }, () => by(token.secret))))];
    expect(answers.filter(({ status }) => status < 300)).toHaveLength(1);
    expect(answers.filter(({ body }) => body['code'] === 'token-rotated-meanwhile')).toHaveLength(5);
    expect((await by(answers[0]!.body['token'] as string)).status).toBeLessThan(300);
  });
});
