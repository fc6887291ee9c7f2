import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isAddress } from './address.js';
import { ADA, BOB, EVE, MailLab, ROOT } from './testing/mail-lab.js';

const APPROVAL = 'ap-0192f0a8-c4b7-7a1e-9d3c-5b6a7f8e9d0c';
const STREAM = `approval-${APPROVAL}`;
const request = {
  approvalId: APPROVAL,
  number: 7,
  kind: 'model-version',
  title: 'detector version 3 to Production',
  action: { type: 'stage', name: 'detector', version: 3, stage: 'Production' },
  requester: ADA,
  dossier: { content: {}, digest: 'd1' },
  rules: {
    order: 'parallel',
    steps: [{ role: 'reviewer', approvals: 2 }],
    excluded: [],
    expiresAfterHours: 72,
  },
  expiresAt: 1767603600000000,
  comment: 'the patient of room 7',
};

const pem = (name: string) => readFileSync(`test/support/tls/${name}.pem`, 'utf8');
const to = (letters: readonly { readonly to: readonly string[] }[]) => letters.flatMap(({ to: each }) => each).sort();

describe('mail', () => {
  let lab: MailLab;
  beforeEach(async () => void (lab = await MailLab.open()));
  afterEach(() => lab.close());

  const requested = (more: object = {}) => lab.happened(STREAM, 'ApprovalRequested', { ...request, ...more });

  it('tells of a request whoever may decide it, each alone, without names and free text', async () => {
    const id = await requested();
    expect((await lab.outcomes(id, 2)).map(({ type, data }) => [type, data['to'], data['topic']])).toEqual([
      ['MailSent', BOB, 'requests'],
      ['MailSent', EVE, 'requests'],
    ]);
    const letters = await lab.server.letters(2);
    expect(letters.map(({ to: each }) => each)).toEqual([['u-bob@lab.example'], ['u-eve@lab.example']]);
    expect(letters[0]!.from).toBe('custody@lab.example');
    expect(letters[0]!.raw).toMatch(/^Subject: Request 7 waits for a decision\r$/m);
    expect(letters[0]!.raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(letters[0]!.raw).toContain('detector version 3 to Production');
    expect(letters[0]!.raw).toContain(`/api/v1/approvals/${APPROVAL}`);
    expect(letters[0]!.raw).not.toMatch(/patient|eve/);
  });

  it('tells of a review all whose roles will do, and that it is overdue instead of until when', async () => {
    const steps = [{ role: 'auditor', or: ['reviewer'], approvals: 1 }];
    await lab.outcomes(await requested({ rules: { ...request.rules, steps, afterwards: true } }), 2);
    const [letter] = await lab.server.letters(2);
    expect(letter!.raw).toContain('It is overdue until somebody has signed it.');
    expect(letter!.raw).not.toContain('until 2');
  });

  it('keeps addresses out of the log', async () => {
    lab.server.refused.set('u-bob@lab.example', [550]);
    await lab.outcomes(await requested(), 2);
    expect(JSON.stringify(await lab.room.events())).not.toMatch(/@lab\.example/);
  });

  it('does not write to the requester, nor to whom the rules exclude', async () => {
    const rules = {
      ...request.rules,
      steps: [{ role: 'reviewer', approvals: 1 }],
      excluded: [{ userId: EVE, why: 'x' }],
    };
    lab.book.roles.set(ADA, ['reviewer']);
    await lab.outcomes(await requested({ rules }), 1);
    expect(to(lab.server.received)).toEqual(['u-bob@lab.example']);
  });

  it('tells the requester of decisions, and of none of their own', async () => {
    await lab.outcomes(await requested(), 2);
    const later = { approvalId: APPROVAL, number: 7 };
    await lab.happened(STREAM, 'ApprovalCommented', { ...later, comment: 'secret' }, ADA);
    const id = await lab.happened(STREAM, 'ApprovalRejected', later, BOB);
    expect(await lab.outcomes(id, 1)).toMatchObject([{ type: 'MailSent', data: { to: ADA, topic: 'decisions' } }]);
    expect(lab.server.received).toHaveLength(3);
    expect(lab.server.received[2]!.raw).toMatch(/^Subject: Your request 7 was rejected\r$/m);
  });

  it('tells deciders again when what they decide about has changed', async () => {
    await lab.outcomes(await requested(), 2);
    const id = await lab.happened(STREAM, 'ApprovalDossierRenewed', { approvalId: APPROVAL }, ADA);
    await lab.outcomes(id, 2);
    expect(lab.server.received[3]!.raw).toMatch(/^Subject: Request 7 has changed/m);
  });

  describe('of a request whose steps follow one another', () => {
    const steps = [
      { role: 'reviewer', approvals: 2 },
      { role: 'admin', approvals: 1 },
    ];
    const rules = { ...request.rules, order: 'sequential', steps };
    const ZOE = 'u-zoe' as typeof ADA;
    beforeEach(() => {
      lab.book.roles.set(ZOE, ['admin', 'reviewer']);
      lab.book.addresses.set(ZOE, 'u-zoe@lab.example');
    });
    const signed = (by: typeof ADA, step: number, role: string) => {
      const signature = { signer: by, signatureId: `sg-${by}`, digest: 'd1' };
      const data = { approvalId: APPROVAL, number: 7, decision: 'approve', step, roles: [role], signature };
      return lab.happened(STREAM, 'ApprovalSigned', data, by);
    };
    const toldOf = async (id: string, count: number) => (await lab.outcomes(id, count)).map(({ data }) => data['to']);

    it('goes to those of a step when it is their turn, and to nobody who approved before', async () => {
      expect(await toldOf(await requested({ rules }), 3)).toEqual([BOB, EVE, ZOE]);
      const first = await signed(BOB, 0, 'reviewer');
      const second = await signed(ZOE, 0, 'reviewer');
      expect(await toldOf(second, 1)).toEqual([ROOT]);
      // It is told in order: nobody was written to of the first one, whose step goes on.
      expect(await lab.room.ledger.read(`mail-${first}`)).toEqual([]);
      expect(lab.server.received[3]!.raw).toMatch(/^Subject: Request 7 waits for a decision\r$/m);
      expect(lab.book.about.every((about) => about?.id === APPROVAL)).toBe(true);
    });

    it('goes to those of the first step again when what they approved has changed', async () => {
      await requested({ rules });
      await signed(BOB, 0, 'reviewer');
      await signed(EVE, 0, 'reviewer');
      await lab.server.letters(5);
      const dossier = { content: { a: 1 }, digest: 'd2' };
      const renewed = { approvalId: APPROVAL, number: 7, dossier, previousDigest: 'd1' };
      const id = await lab.happened(STREAM, 'ApprovalDossierRenewed', renewed, ADA);
      expect(await toldOf(id, 3)).toEqual([BOB, EVE, ZOE]);
    });

    it('goes to those whom a changed policy asks, who were not asked before, and is parked and replayed like any', async () => {
      await lab.outcomes(await requested(), 3);
      lab.server.refused.set('u-root@lab.example', [550]);
      const stricter = { ...request.rules, steps: [...request.rules.steps, { role: 'admin', approvals: 1 }] };
      const data = { approvalId: APPROVAL, number: 7, rules: stricter };
      const id = await lab.happened(STREAM, 'ApprovalRulesChanged', data, ADA);
      expect(await lab.outcomes(id, 2)).toMatchObject([
        { type: 'MailFailed', data: { to: ROOT } },
        { type: 'MailSent', data: { to: ZOE } },
      ]);
      expect(await lab.parked(1)).toMatchObject([{ event_id: id, type: 'ApprovalRulesChanged' }]);
      lab.server.refused.clear();
      expect((await lab.call('POST', 'mail/replay')).body).toEqual({ replayed: 1 });
      expect((await lab.outcomes(id, 3))[2]).toMatchObject({ type: 'MailSent', data: { to: ROOT } });
    });
  });

  it('tells administrators of alerts, and nobody else', async () => {
    const id = await lab.happened('alerts-2026-01-05', 'AlertRaised', {
      alert: 'sign-in-locked',
      userId: BOB,
      count: 5,
    });
    expect(await lab.outcomes(id, 1)).toMatchObject([{ data: { to: ROOT, topic: 'alerts' } }]);
    expect(lab.server.received[0]!.raw).toContain('Alert: sign-in-locked');
    expect(lab.server.received[0]!.raw).not.toContain(BOB);
  });

  it('tells the other administrators that somebody was made one, and not that person', async () => {
    lab.book.roles.set(EVE, ['admin']);
    const id = await lab.happened('alerts-2026-01-05', 'AlertRaised', { alert: 'administrator-made', userId: EVE });
    await lab.outcomes(id, 1);
    expect(lab.server.received.map(({ to }) => to)).toEqual([['u-root@lab.example']]);
  });

  it('is not sent to whoever declined the topic, which is recorded, nor to whoever has no address', async () => {
    lab.book.roles.set('system' as typeof ADA, ['reviewer']);
    lab.book.addresses.set('system' as typeof ADA, 'system@lab.example');
    const body = { topics: ['requests', 'decisions', 'alerts'], declined: ['requests'] };
    expect(await lab.call('PUT', 'users/me/mail', { declined: ['requests'] })).toEqual({ status: 200, body });
    expect((await lab.call('GET', 'users/me/mail')).body).toEqual(body);
    await lab.call('PUT', 'users/me/mail', { declined: ['requests'] });
    expect((await lab.room.events()).map(({ type }) => type)).toEqual(['MailWishesChanged']);
    lab.book.addresses.delete(BOB);
    await lab.outcomes(await requested(), 1);
    expect(to(lab.server.received)).toEqual(['u-eve@lab.example']);
    expect(await lab.call('PUT', 'users/me/mail', { declined: ['everything'] })).toMatchObject({
      status: 400,
      body: { field: 'declined' },
    });
  });

  it('is tried again under the same id while that may help, and told to no one twice', async () => {
    lab.server.refused.set('u-bob@lab.example', [451, 200]);
    const id = await requested();
    expect((await lab.outcomes(id, 2)).map(({ data }) => [data['to'], data['attempts']])).toEqual([
      [EVE, 1],
      [BOB, 2],
    ]);
    expect(to(await lab.server.letters(2))).toEqual(['u-bob@lab.example', 'u-eve@lab.example']);
  });

  it('that is not taken is parked, and sent to who was left out when it is replayed', async () => {
    lab.server.refused.set('u-bob@lab.example', [550]);
    const id = await requested();
    expect((await lab.outcomes(id, 2)).map(({ type, data }) => [type, data['to'], data['reason']])).toEqual([
      ['MailFailed', BOB, 'the mail server answered 550'],
      ['MailSent', EVE, undefined],
    ]);
    expect(await lab.parked(1)).toMatchObject([{ event_id: id, type: 'ApprovalRequested' }]);
    lab.server.refused.clear();
    expect(await lab.call('POST', 'mail/replay')).toEqual({ status: 200, body: { replayed: 1 } });
    expect((await lab.outcomes(id, 3))[2]).toMatchObject({ type: 'MailSent', data: { to: BOB } });
    expect(to(lab.server.received)).toEqual(['u-bob@lab.example', 'u-eve@lab.example']);
    await lab.parked(0);
  });

  it('waits for a mail server that is away, and goes on with the next', async () => {
    lab.server.refused.set('u-bob@lab.example', [451]);
    lab.server.refused.set('u-eve@lab.example', [451]);
    const id = await requested();
    expect(await lab.outcomes(id, 2)).toMatchObject([
      { type: 'MailFailed', data: { attempts: 3, reason: 'the mail server answered 451' } },
      { type: 'MailFailed', data: { attempts: 3 } },
    ]);
    lab.server.refused.clear();
    const next = await lab.happened(STREAM, 'ApprovalRejected', { approvalId: APPROVAL }, BOB);
    expect(await lab.outcomes(next, 1)).toMatchObject([{ type: 'MailSent' }]);
  });

  it.each([
    'victim@lab.example, other@evil.example',
    'a@b\r\nBcc: c@evil.example',
    '<x@lab.example>',
    'a b@c',
    '@',
    '',
  ])('is never sent to %j', async (address) => {
    expect(isAddress(address)).toBe(false);
    lab.book.addresses.set(BOB, address);
    const id = await requested();
    expect(await lab.outcomes(id, 2)).toMatchObject([{ type: 'MailFailed', data: { to: BOB } }, { type: 'MailSent' }]);
    expect(to(lab.server.received)).toEqual(['u-eve@lab.example']);
  });

  it('has no header that a name of a model brings along', async () => {
    const title = 'x\r\nBcc: victim@evil.example\r\n\r\nDear all\u2028.\u202e';
    await lab.outcomes(await requested({ title, number: '7\r\nBcc: victim@evil.example' }), 2);
    expect(to(lab.server.received)).toEqual(['u-bob@lab.example', 'u-eve@lab.example']);
    for (const { raw } of lab.server.received) {
      const [headers = ''] = raw.split('\r\n\r\n');
      expect(headers).not.toMatch(/^bcc:/im);
      expect(headers.match(/^to:/gim)).toHaveLength(1);
    }
  });

  it('can be tested by sending one message to oneself', async () => {
    expect(await lab.call('POST', 'mail/test')).toMatchObject({ status: 400, body: { code: 'no-mail-address' } });
    lab.book.addresses.set('system' as typeof ADA, 'me@lab.example');
    expect((await lab.call('POST', 'mail/test')).body).toEqual({ result: { success: true } });
    expect(to(lab.server.received)).toEqual(['me@lab.example']);
    lab.server.refused.set('me@lab.example', [554]);
    expect((await lab.call('POST', 'mail/test')).body).toEqual({
      result: { success: false, error_message: 'the mail server answered 554' },
    });
  });
});

describe('the way to the mail server', () => {
  let lab: MailLab | undefined;
  afterEach(() => lab?.close());

  it('is not taken without TLS, when TLS is required', async () => {
    lab = await MailLab.open(
      { retries: 0 },
      { tls: 'starttls', auth: { user: 'u', pass: 's3cret' } },
      {
        disabledCommands: ['STARTTLS'],
        allowInsecureAuth: true,
      },
    );
    const id = await lab.happened(STREAM, 'ApprovalRequested', request);
    expect(await lab.outcomes(id, 2)).toMatchObject([
      { type: 'MailFailed', data: { reason: 'there is no safe connection to the mail server (TLS)' } },
      { type: 'MailFailed' },
    ]);
    expect([lab.server.received, lab.server.signedIn]).toEqual([[], []]);
  });

  it.each([
    ['starttls', false],
    ['implicit', true],
  ] as const)('is safe with an authority of the lab’s own (%s), and credentials go over it', async (tls, secure) => {
    const auth = { user: 'custody', pass: 's3cret' };
    const server = { secure, key: pem('first.key'), cert: pem('first.cert'), disabledCommands: [] };
    lab = await MailLab.open({ retries: 0 }, { tls, auth, host: 'localhost', ca: pem('first.cert') }, server);
    const id = await lab.happened(STREAM, 'ApprovalRequested', request);
    expect(await lab.outcomes(id, 2)).toMatchObject([{ type: 'MailSent' }, { type: 'MailSent' }]);
    expect(lab.server.signedIn).toEqual(['custody', 'custody']);
  });

  it('is not taken to a server that nobody vouches for', async () => {
    const server = { secure: true, key: pem('first.key'), cert: pem('first.cert'), disabledCommands: ['AUTH'] };
    lab = await MailLab.open({ retries: 0 }, { tls: 'implicit', host: 'localhost' }, server);
    const id = await lab.happened(STREAM, 'ApprovalRequested', request);
    await lab.outcomes(id, 2);
    expect(await lab.room.ledger.read(`mail-${id}`)).toMatchObject([{ type: 'MailFailed' }, { type: 'MailFailed' }]);
    expect(lab.server.received).toEqual([]);
  });

  it('of a server that hangs is given up after a while', async () => {
    lab = await MailLab.open({ retries: 0, timeoutMs: 100 }, {}, { onConnect: () => undefined });
    const id = await lab.happened(STREAM, 'ApprovalRequested', request);
    expect(await lab.outcomes(id, 2)).toMatchObject([{ type: 'MailFailed' }, { type: 'MailFailed' }]);
  });

  it('is not there: nothing is sent, and nothing is kept to be sent', async () => {
    lab = await MailLab.open({ server: undefined });
    await lab.happened(STREAM, 'ApprovalRequested', request);
    expect((await lab.call('GET', 'mail/parked')).body).toEqual({ count: 0, parked: [] });
    for (const path of ['mail/replay', 'mail/test'])
      expect(await lab.call('POST', path)).toMatchObject({ status: 400, body: { code: 'no-mail-server' } });
    expect((await lab.room.events()).map(({ type }) => type)).toEqual(['ApprovalRequested']);
  });

  it('waited too long: what is no news any more is parked instead', async () => {
    lab = await MailLab.open({ maxAgeHours: 48 });
    // The lab's log has a clock of its own, that stands in the past.
    const id = await lab.happened(STREAM, 'ApprovalRequested', request);
    expect(await lab.outcomes(id, 1)).toMatchObject([
      { type: 'MailParked', data: { reason: 'it waited for more than 48 hours' } },
    ]);
    await lab.parked(1);
    await lab.call('POST', 'mail/replay');
    expect((await lab.outcomes(id, 3)).slice(1)).toMatchObject([{ type: 'MailSent' }, { type: 'MailSent' }]);
  });
});
