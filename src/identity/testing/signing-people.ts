import { Secret, TOTP } from 'otpauth';
import { Signer, SigningCredentials } from '../../approvals/index.js';
import { CommandContext, RecordedEvent, UserId } from '../../core/index.js';
import { IdentityLab } from './identity-lab.js';
import { openBrowser } from './browser.js';
import { basic } from './fake-request.js';

export const PASSWORD = 'a long enough password';
export const STEP = 30_000_000;
export const DIGEST = 'd1'.repeat(32);
export const WHAT = {
  meaning: 'approved' as const,
  reason: 'recall on held-out plates is above 0.98',
  subject: { kind: 'approval', id: 'ap-01890a5d-ac96-774b-bcce-b302099a8070' },
  digest: DIGEST,
};

/** Signs as whoever asks for it would, straight at the port that the approvals room calls. */
export const sign = (
  lab: IdentityLab,
  who: UserId | CommandContext,
  credentials: SigningCredentials,
  what: Parameters<Signer['sign']>[1] = WHAT,
) => lab.app.get(Signer).sign(typeof who === 'string' ? lab.as(who, ['reviewer']) : who, what, credentials);

export const codeAt = (lab: IdentityLab, secret: string, steps = 0): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: (lab.clock.now() + steps * STEP) / 1000 });

/** Enrols a second factor, and goes on to the next step, whose code is a new one. */
export async function enrol(lab: IdentityLab, login: string): Promise<string> {
  const headers = { authorization: basic(login, PASSWORD) };
  const page = openBrowser(lab.app);
  const { body } = await page.send('POST', 'users/me/second-factor', undefined, headers);
  const secret = body['secret'] as string;
  const code = codeAt(lab, secret);
  const { status } = await page.send('POST', 'users/me/second-factor/confirm', { code }, headers);
  if (status !== 200) throw new Error('the second factor is not enrolled');
  lab.clock.advance(STEP);
  return secret;
}

/** A person who may sign: with a password of their own, identified, and the text accepted. */
export async function signatory(lab: IdentityLab, login: string): Promise<UserId> {
  const userId = await lab.person(login, PASSWORD, 'reviewer');
  await accept(lab, login);
  return userId;
}

export async function accept(lab: IdentityLab, login: string, more: object = {}): Promise<void> {
  const headers = { authorization: basic(login, PASSWORD) };
  const body = { version: 1, password: PASSWORD, ...more };
  const { status } = await openBrowser(lab.app).send('POST', 'users/me/signature-acceptance', body, headers);
  if (status !== 200) throw new Error('the text is not accepted');
}

export const whys = async (lab: IdentityLab): Promise<readonly unknown[]> =>
  (await lab.events('SigningFailed')).map(({ data }) => data['why']);

export const alerts = async (lab: IdentityLab): Promise<readonly RecordedEvent['data'][]> =>
  (await lab.events('AlertRaised')).map(({ data }) => data);
