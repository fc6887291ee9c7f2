import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { digestOf, Signature } from '../../approvals/index.js';
import { CommandContext, Role, UserId } from '../../core/index.js';
import { ChangePassword, CreateUser, DisableUser, IssueToken, ResetPassword, VerifyIdentity } from '../index.js';
import { openBrowser } from '../testing/browser.js';
import { basic } from '../testing/fake-request.js';
import { IdentityLab } from '../testing/identity-lab.js';
import {
  accept,
  alerts,
  codeAt,
  DIGEST,
  enrol,
  PASSWORD,
  sign,
  signatory,
  STEP,
  WHAT,
  whys,
} from '../testing/signing-people.js';
import { ResetSecondFactor } from '../second-factor/second-factor.commands.js';
import { statementHolds } from './statement.js';

const MINUTE = 60_000_000;
const REFUSED = { kind: 'denied', code: 'signature-refused' };

describe('a signature with password', () => {
  let lab: IdentityLab;
  let rev: UserId;
  const start = async (more: Parameters<(typeof IdentityLab)['start']>[0] = {}) => {
    lab = await IdentityLab.start(more);
    rev = await signatory(lab, 'rev');
  };
  const restart = async (more: Parameters<(typeof IdentityLab)['start']>[0]) => {
    await lab.stop();
    await start(more);
  };
  beforeEach(() => start());
  afterEach(() => lab.stop());

  it('says who signed, when, what it means, why and what, and covers all of it', async () => {
    const signature = await sign(lab, rev, { password: PASSWORD });
    expect(signature).toEqual({
      signatureId: expect.stringMatching(/^sg-[0-9a-f-]{36}$/),
      signer: rev,
      printedName: { subject: rev, box: expect.stringMatching(/^v1\./) },
      ...WHAT,
      signedAt: lab.clock.now(),
      components: ['password'],
      statementDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(lab.keystore.unseal(signature.printedName)).toBe('rev');
    const { statementDigest, ...statement } = signature;
    expect(digestOf(JSON.parse(JSON.stringify(statement)) as never)).toBe(statementDigest);
    expect(statementHolds(signature)).toBe(true);
    const changes: Partial<Signature>[] = [
      { signer: 'u-2' as UserId },
      { meaning: 'reviewed' },
      { reason: 'another reason' },
      { digest: 'd2'.repeat(32) },
      { subject: { kind: 'approval', id: 'ap-2' } },
      { signedAt: (signature.signedAt + 1) as Signature['signedAt'] },
      { components: ['password', 'code'] },
      { printedName: { ...signature.printedName, box: 'v1.x.y' } },
    ];
    for (const change of changes) expect(statementHolds({ ...signature, ...change })).toBe(false);
    expect(statementHolds({ ...signature, more: 1 } as Signature)).toBe(false);
  });

  it('is on the signer’s own stream before anybody has it, and its secrets are not', async () => {
    const { signatureId, statementDigest, signedAt } = await sign(lab, rev, { password: PASSWORD });
    const { meaning, subject, digest } = WHAT;
    const [event] = await lab.events('SignatureMade');
    expect(event).toMatchObject({
      stream: `user-${rev}`,
      actor: { id: rev },
      data: { userId: rev, signatureId, statementDigest, meaning, subject, digest, signedAt, components: ['password'] },
    });
    expect(JSON.stringify(await lab.events())).not.toContain(PASSWORD);
    expect(await alerts(lab)).toEqual([]);
  });

  it('keeps its meaning once its signer was erased', async () => {
    const signature = await sign(lab, rev, { password: PASSWORD });
    lab.keystore.erase(rev);
    expect(lab.keystore.unseal(signature.printedName)).toBeUndefined();
    expect(statementHolds(signature)).toBe(true);
  });

  it('checks the password at each signature, whatever was right before', async () => {
    await sign(lab, rev, { password: PASSWORD });
    await expect(sign(lab, rev, { password: `${PASSWORD}!` })).rejects.toMatchObject(REFUSED);
    await sign(lab, rev, { password: PASSWORD });
    expect(await whys(lab)).toEqual(['wrong-password']);
  });

  it('is refused with one answer for whatever is wrong, recorded and told at the very first time', async () => {
    const secret = await enrol(lab, 'rev');
    const used = codeAt(lab, secret);
    await sign(lab, rev, { password: PASSWORD, code: used });
    const wrong = [
      { password: 'not the password', code: codeAt(lab, secret, 1) },
      { password: PASSWORD, code: used },
      { password: PASSWORD, code: codeAt(lab, secret, 2) },
      { password: PASSWORD, code: 'AAAA-AAAA-AAAA-AAAA' },
    ];
    const answers = [];
    for (const credentials of wrong) {
      answers.push(await sign(lab, rev, credentials).catch((error: unknown) => String(error)));
      expect(await alerts(lab)).toHaveLength(answers.length);
    }
    expect(new Set(answers).size).toBe(1);
    expect(await whys(lab)).toEqual(['wrong-password', 'replayed-code', 'wrong-code', 'wrong-code']);
    expect(await alerts(lab)).toContainEqual({ alert: 'signing-failed', userId: rev });
    const [event] = await lab.events('SigningFailed');
    expect(event!.data).toMatchObject({ subject: WHAT.subject, digest: DIGEST, meaning: 'approved', failures: 1 });
  });

  it('locks after five wrong ones in a row, for the right password too, as signing in does', async () => {
    for (let n = 0; n < 5; n++) await expect(sign(lab, rev, { password: `wrong ${n}` })).rejects.toThrow();
    expect(await lab.events('SignInLocked')).toHaveLength(1);
    const first = await sign(lab, rev, { password: 'wrong' }).catch(String);
    expect(await sign(lab, rev, { password: PASSWORD }).catch(String)).toBe(first);
    expect((await openBrowser(lab.app).signIn({ login: 'rev', password: PASSWORD })).status).toBe(401);
    lab.clock.advance(MINUTE);
    await expect(sign(lab, rev, { password: PASSWORD })).resolves.toBeDefined();
    expect((await alerts(lab)).map(({ alert }) => alert)).toEqual([
      ...Array<string>(5).fill('signing-failed'),
      'sign-in-locked',
      'signing-failed',
      'signing-failed',
    ]);
  });

  it('locks also when all five are tried at once, so that the right one among them does not count', async () => {
    const guesses = [...Array(8).keys()].map((n) => sign(lab, rev, { password: `wrong ${n}` }).catch(String));
    await Promise.all(guesses);
    await expect(sign(lab, rev, { password: PASSWORD })).rejects.toMatchObject(REFUSED);
    expect(await lab.events('SignInLocked')).toHaveLength(1);
  });

  it('takes a code that is one step early or late, and none that is further off', async () => {
    const secret = await enrol(lab, 'rev');
    lab.clock.advance(10 * STEP);
    for (const [steps, good] of [
      [-2, false],
      [-1, true],
      [2, false],
      [1, true],
    ] as const) {
      const signing = sign(lab, rev, { password: PASSWORD, code: codeAt(lab, secret, steps) });
      if (good) expect((await signing).components).toEqual(['password', 'code']);
      else await expect(signing).rejects.toMatchObject(REFUSED);
    }
  });

  it('takes each code once: of many at once with one code, one wins', async () => {
    const secret = await enrol(lab, 'rev');
    const code = codeAt(lab, secret);
    const tried = await Promise.allSettled([1, 2, 3, 4].map(() => sign(lab, rev, { password: PASSWORD, code })));
    expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await lab.events('SignatureMade')).toHaveLength(1);
    expect(await whys(lab)).toEqual(Array<string>(3).fill('replayed-code'));
  });

  it('uses no code up beside a wrong password, and asks for a code that is missing', async () => {
    const secret = await enrol(lab, 'rev');
    const code = codeAt(lab, secret);
    await expect(sign(lab, rev, { password: 'wrong', code })).rejects.toMatchObject(REFUSED);
    await expect(sign(lab, rev, { password: PASSWORD })).rejects.toThrow(/one-time code/);
    await expect(sign(lab, rev, { password: PASSWORD, code })).resolves.toBeDefined();
  });

  it('is not another person’s, and not another’s password', async () => {
    const other = await signatory(lab, 'other');
    await lab.commands.execute(new ChangePassword(lab.as(other), { current: PASSWORD, next: 'another long password' }));
    await expect(sign(lab, rev, { password: 'another long password' })).rejects.toMatchObject(REFUSED);
    const onBehalf = { ...lab.as(other), actor: { ...lab.as(other).actor, onBehalfOf: rev } };
    await expect(sign(lab, onBehalf, { password: 'another long password' })).rejects.toMatchObject(REFUSED);
    expect(await lab.events('SignatureMade')).toEqual([]);
  });

  it('needs more than the token or session of the request', async () => {
    await lab.commands.execute(new IssueToken(lab.as(rev), { label: 'notebook' }));
    const byToken: CommandContext = { ...lab.as(rev), actor: { ...lab.as(rev).actor, via: 'token' } };
    await expect(sign(lab, byToken, {})).rejects.toMatchObject(REFUSED);
    await expect(sign(lab, byToken, { code: '123456' })).rejects.toMatchObject(REFUSED);
    expect((await sign(lab, byToken, { password: PASSWORD })).components).toEqual(['password']);
    expect(await whys(lab)).toEqual(['components-missing', 'components-missing']);
    expect(await alerts(lab)).toEqual([]);
  });

  it('is not made with a password that an administrator has set, until its owner has set another and somebody else says who they are', async () => {
    const [boss, other] = [await lab.person('boss', PASSWORD, 'admin'), await lab.person('second', PASSWORD, 'admin')];
    const reset = new ResetPassword(lab.as(boss), { userId: rev });
    const { oneTimePassword } = await lab.commands.execute(reset);
    const identified = (by: UserId) =>
      lab.commands.execute(new VerifyIdentity(lab.as(by), { userId: rev, how: 'passport seen' }));
    await expect(sign(lab, rev, { password: oneTimePassword })).rejects.toThrow(/has reset your password/);
    await identified(other);
    await expect(sign(lab, rev, { password: oneTimePassword })).rejects.toThrow(/somebody else has set/);
    await expect(sign(lab, rev, { password: PASSWORD })).rejects.toMatchObject(REFUSED);
    expect(await whys(lab)).toEqual(['reset-unverified', 'one-time-password', 'one-time-password']);
    const next = 'my very own password';
    await lab.commands.execute(new ChangePassword(lab.as(rev), { current: oneTimePassword, next }));
    await expect(sign(lab, rev, { password: next })).resolves.toBeDefined();
  });

  it('is not that of an administrator who resets what its owner signs with, sets the next and vouches for it', async () => {
    const [boss, other] = [await lab.person('boss', PASSWORD, 'admin'), await lab.person('second', PASSWORD, 'admin')];
    await enrol(lab, 'rev');
    await lab.commands.execute(new ResetSecondFactor({ ...lab.as(boss), reason: 'lost' }, { userId: rev }));
    const reset = (by: UserId) => lab.commands.execute(new ResetPassword(lab.as(by), { userId: rev }));
    await expect(reset(boss)).rejects.toMatchObject({ code: 'dual-control' });
    const { oneTimePassword } = await reset(other);
    const next = 'a password that boss knows';
    await lab.commands.execute(new ChangePassword(lab.as(rev), { current: oneTimePassword, next }));
    await expect(sign(lab, rev, { password: next })).rejects.toThrow(/has reset your password/);
    expect((await alerts(lab)).at(-1)).toEqual({ alert: 'signing-failed', userId: rev });
    const vouch = (by: UserId) => lab.commands.execute(new VerifyIdentity(lab.as(by), { userId: rev, how: 'seen' }));
    await vouch(boss);
    await expect(sign(lab, rev, { password: next })).rejects.toThrow(/has reset your password/);
    await vouch(other);
    await expect(sign(lab, rev, { password: next })).resolves.toBeDefined();
  });

  it('is not made with a password that is too old', async () => {
    await restart({ passwordPolicy: { remembered: 5, maxAgeDays: 90 } });
    lab.clock.advance(90 * 24 * 60 * MINUTE);
    await expect(sign(lab, rev, { password: PASSWORD })).rejects.toThrow(/too old/);
  });

  it('is not made without the second factor that a role demands', async () => {
    await restart({ secondFactorRoles: [] });
    const secret = await enrol(lab, 'rev');
    expect((await sign(lab, rev, { password: PASSWORD, code: codeAt(lab, secret) })).components).toContain('code');
    await lab.stop();
    lab = await IdentityLab.start({ secondFactorRoles: ['reviewer'] });
    rev = await lab.person('rev', PASSWORD, 'reviewer');
    await enrol(lab, 'rev').then(async (factor) => {
      const headers = { authorization: basic('rev', PASSWORD), 'x-custody-code': codeAt(lab, factor) };
      const body = { version: 1, password: PASSWORD, code: codeAt(lab, factor, 1) };
      const page = openBrowser(lab.app);
      expect((await page.send('POST', 'users/me/signature-acceptance', body, headers)).status).toBe(200);
      lab.clock.advance(3 * STEP);
      const gone = { password: PASSWORD, code: codeAt(lab, factor, 1) };
      const mine = { authorization: basic('rev', PASSWORD), 'x-custody-code': codeAt(lab, factor) };
      expect((await page.send('DELETE', 'users/me/second-factor', gone, mine)).status).toBe(200);
    });
    await expect(sign(lab, rev, { password: PASSWORD })).rejects.toThrow(/second factor/);
    expect((await whys(lab)).at(-1)).toBe('factor-missing');
  });

  it('is not made before the person has accepted that it binds', async () => {
    const fresh = await lab.person('fresh', PASSWORD, 'reviewer');
    await expect(sign(lab, fresh, { password: PASSWORD })).rejects.toThrow(/signature-acceptance/);
    await accept(lab, 'fresh');
    await expect(sign(lab, fresh, { password: PASSWORD })).resolves.toBeDefined();
  });

  it.each([
    ['a service', async () => (await create({ kind: 'service', login: 'nightly' })).userId, 'service-account'],
    ['an account that waits', async () => (await create({ kind: 'person', login: 'waits' })).userId, 'pending'],
    ['a disabled account', async () => disable(await signatory(lab, 'gone')), 'disabled'],
  ] as const)('is not that of %s', async (_, make, why) => {
    const userId = await make();
    await expect(sign(lab, userId, { password: PASSWORD })).rejects.toMatchObject(REFUSED);
    expect(await whys(lab)).toEqual([why]);
  });

  it('is nobody’s whom the server does not know', async () => {
    const actor = {
      id: 'unverified-kim' as UserId,
      kind: 'person',
      roles: ['reviewer'] as Role[],
      via: 'none',
    } as const;
    const contexts: CommandContext[] = [
      { ...lab.system(), actor: { ...actor, verified: false } },
      { ...lab.system(), actor },
      { ...lab.system(), actor: { ...actor, id: rev, verified: false } },
      lab.system(),
    ];
    for (const context of contexts)
      await expect(sign(lab, context, { password: PASSWORD })).rejects.toMatchObject(REFUSED);
    expect((await lab.events('AccessDenied')).map(({ data }) => data['code'])).toEqual(
      Array<string>(4).fill('signature-refused'),
    );
  });

  it.each([
    [{ reason: '  ' }, 'reason'],
    [{ reason: 'x'.repeat(2001) }, 'reason'],
    [{ reason: 'a \ud800 b' }, 'reason'],
    [{ meaning: 'witnessed' as 'approved' }, 'meaning'],
    [{ digest: 'D1'.repeat(32) }, 'digest'],
    [{ digest: 'd1' }, 'digest'],
    [{ subject: { kind: 'Approval', id: 'ap-1' } }, 'subject_kind'],
    [{ subject: { kind: 'approval', id: '../1' } }, 'subject_id'],
  ])('of %j is a mistake that names %s, and no failed signing', async (more, field) => {
    const signing = sign(lab, rev, { password: PASSWORD }, { ...WHAT, ...more });
    await expect(signing).rejects.toMatchObject({ kind: 'invalid', field });
    expect(await whys(lab)).toEqual([]);
  });

  it('is two things with password and ticket at once, and so neither', async () => {
    const both = sign(lab, rev, { password: PASSWORD, ticket: 'sgt_x' });
    await expect(both).rejects.toMatchObject({ kind: 'invalid', field: 'signing_ticket' });
    await expect(sign(lab, rev, { password: 'x'.repeat(1025) })).rejects.toMatchObject({ field: 'password' });
  });

  const create = (input: { kind: 'person' | 'service'; login: string }) =>
    lab.commands.execute(new CreateUser(lab.system(), { ...input, roles: ['reviewer'] }));
  const disable = async (userId: UserId) => {
    await lab.commands.execute(new DisableUser(lab.system(), { userId }));
    return userId;
  };
});

describe('in a continuous session', () => {
  let lab: IdentityLab;
  let rev: UserId;
  let secret: string;
  let session: CommandContext;
  const start = async (sessionMinutes: number) => {
    lab = await IdentityLab.start({ signingPolicy: { sessionMinutes } });
    rev = await signatory(lab, 'rev');
    secret = await enrol(lab, 'rev');
    session = await inSession();
  };
  const inSession = async (): Promise<CommandContext> => {
    const answer = await openBrowser(lab.app).signIn({ login: 'rev', password: PASSWORD, code: codeAt(lab, secret) });
    lab.clock.advance(STEP);
    return { ...lab.as(rev, ['reviewer']), sessionId: answer.body['session_id'] as string };
  };
  const now = (context: CommandContext): CommandContext => ({ ...context, now: lab.clock.now() });
  afterEach(() => lab.stop());

  it('the password is enough after a signature with all components, for as long as the setting says', async () => {
    await start(10);
    await expect(sign(lab, now(session), { password: PASSWORD })).rejects.toThrow(/one-time code/);
    await sign(lab, now(session), { password: PASSWORD, code: codeAt(lab, secret) });
    lab.clock.advance(9 * MINUTE);
    expect((await sign(lab, now(session), { password: PASSWORD })).components).toEqual(['password']);
    await expect(sign(lab, now(session), { password: 'wrong' })).rejects.toMatchObject(REFUSED);
    await expect(sign(lab, now(session), {})).rejects.toMatchObject(REFUSED);
    // What continues it does not prolong it.
    lab.clock.advance(MINUTE);
    await expect(sign(lab, now(session), { password: PASSWORD })).rejects.toThrow(/one-time code/);
  });

  it('that is another session, has ended, or is none, all components are asked for', async () => {
    await start(10);
    await sign(lab, now(session), { password: PASSWORD, code: codeAt(lab, secret) });
    lab.clock.advance(STEP);
    const other = await inSession();
    await expect(sign(lab, now(other), { password: PASSWORD })).rejects.toThrow(/one-time code/);
    await expect(sign(lab, rev, { password: PASSWORD })).rejects.toThrow(/one-time code/);
    const next = 'my next long password';
    await lab.commands.execute(new ChangePassword(now(session), { current: PASSWORD, next }));
    await expect(sign(lab, now(session), { password: next })).rejects.toThrow(/one-time code/);
  });

  it('all components are asked for every time by default', async () => {
    await start(0);
    await sign(lab, now(session), { password: PASSWORD, code: codeAt(lab, secret) });
    await expect(sign(lab, now(session), { password: PASSWORD })).rejects.toThrow(/one-time code/);
  });
});
