import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Signer } from '../../../approvals/index.js';
import { CommandContext, UserId } from '../../../core/index.js';
import { Identities } from '../../oidc/identities.js';
import { LinkIdentity, UnlinkIdentity } from '../../oidc/link-identity/link-identity.commands.js';
import { OidcOptions } from '../../oidc/options.js';
import { OidcProvider } from '../../oidc/provider.js';
import { AUDIENCE, LabProvider, WEB } from '../../oidc/testing/lab-provider.js';
import { ProviderBrowser } from '../../oidc/testing/provider-browser.js';
import { IdentityLab } from '../../testing/identity-lab.js';
import { VerifyIdentity } from '../../verification/verify-identity.command.js';
import { alerts, DIGEST, PASSWORD, WHAT, whys } from '../../testing/signing-people.js';
import { ACCEPTANCE } from '../acceptance/text.js';

/* With a real provider: its pages are played over HTTP, ours by injection. */

const REDIRECT = 'http://127.0.0.1:1/api/v1/oidc/callback';
const SECOND = 1_000_000;
const REFUSED = { kind: 'denied', code: 'signature-refused' };

let provider: LabProvider;
let lab: IdentityLab;

const options = (): OidcOptions => ({
  issuer: provider.issuer,
  audience: AUDIENCE,
  client: { id: WEB.id, secret: WEB.secret, scopes: 'openid profile email', redirectUri: REDIRECT },
  roleClaim: 'groups',
  roleMap: new Map([['lab-qa', ['reviewer']]]),
  loginClaim: 'preferred_username',
  createAccounts: true,
  identityVerified: 'HR saw a passport, SOP-12',
});

type What = Parameters<Signer['sign']>[1];

interface Person {
  readonly userId: UserId;
  readonly session: string;
  readonly csrf: string;
  readonly browser: ProviderBrowser;
}

const people = new Map<string, Person>();
const person = (login: string): Person => people.get(login)!;

beforeAll(async () => {
  provider = await LabProvider.start({ redirectUri: REDIRECT });
  lab = await IdentityLab.start({ oidc: options(), provider: new OidcProvider(options(), { pauseMs: 0 }) });
  lab.clock.advance(Date.now() * 1000 - lab.clock.now());
  for (const login of ['rev', 'kim']) {
    provider.directory.set(login, { preferred_username: login, name: `The ${login}`, groups: ['lab-qa'] });
    people.set(login, await signIn(login));
    await acceptAt(login);
  }
});
afterAll(async () => {
  await lab.stop();
  await provider.stop();
});
afterEach(() => void jest.restoreAllMocks());

async function send(
  url: string,
  { cookie = '', method = 'GET', headers = {}, payload = undefined as object | undefined } = {},
) {
  const answer = await lab.app.inject({
    method,
    url,
    headers: { ...headers, ...(cookie && { cookie }) },
    ...(payload && { payload }),
  });
  const cookies = [answer.headers['set-cookie'] ?? []].flat();
  const named = (name: string) => cookies.find((each) => each.startsWith(`${name}=`))?.split(';', 1)[0];
  return { status: answer.statusCode, text: answer.body, location: answer.headers['location'], named };
}

const pathOf = (url: string) => new URL(url).pathname + new URL(url).search;

async function signIn(login: string): Promise<Person> {
  const browser = new ProviderBrowser();
  const started = await send('/api/v1/oidc/login');
  const back = await browser.signIn(started.location!, REDIRECT, login);
  const session = (await send(pathOf(back), { cookie: started.named('custody_oidc')! })).named('custody_session')!;
  const current = JSON.parse((await send('/api/v1/sessions/current', { cookie: session })).text) as Record<
    string,
    string
  >;
  return { userId: current['user_id'] as UserId, session, csrf: current['csrf_token']!, browser };
}

/** The way to the provider and back; `tampered`: what the browser makes of the address on its way there. */
const queryOf = ({ meaning, digest, subject }: What): URLSearchParams =>
  new URLSearchParams({
    meaning,
    digest,
    subject_kind: subject.kind,
    subject_id: subject.id,
    return_to: '/approvals/7?tab=sign#x',
  });

interface Way {
  readonly what?: What;
  readonly at?: string;
  readonly cancel?: boolean;
  readonly tampered?: (url: URL) => URL;
  readonly browser?: ProviderBrowser;
}

async function stepUp(
  login: string,
  { what = WHAT, at = login, cancel, tampered = (url) => url, browser = person(login).browser }: Way = {},
) {
  const started = await send(`/api/v1/signing/oidc?${queryOf(what).toString()}`, { cookie: person(login).session });
  expect(started.status).toBe(302);
  const back = await browser.signIn(tampered(new URL(started.location!)).href, REDIRECT, at, { cancel });
  const answer = await send(pathOf(back), { cookie: started.named('custody_oidc')! });
  const ticket = /url=\/approvals\/7\?tab=sign#signing_ticket=(sgt_[\w-]{43})"/.exec(answer.text)?.[1];
  return { ...answer, ticket, sent: new URL(started.location!) };
}

async function ticketOf(login: string, what: What = WHAT): Promise<string> {
  const { ticket } = await stepUp(login, { what });
  return ticket!;
}

async function acceptAt(login: string): Promise<void> {
  const { userId, session, csrf } = person(login);
  const subject = { kind: 'signature-acceptance', id: userId };
  const ticket = await ticketOf(login, { meaning: 'approved', reason: '', subject, digest: ACCEPTANCE.digest });
  const { status } = await send('/api/v1/users/me/signature-acceptance', {
    method: 'POST',
    cookie: session,
    headers: { 'x-custody-csrf': csrf },
    payload: { version: ACCEPTANCE.version, signing_ticket: ticket },
  });
  expect(status).toBe(200);
}

const asPerson = (login: string): CommandContext => ({
  ...lab.as(person(login).userId, ['reviewer']),
  now: lab.clock.now(),
});
const sign = (login: string, ticket: string, what: What = WHAT) =>
  lab.app.get(Signer).sign(asPerson(login), what, { ticket });
const failure = async () => (await lab.events('SigningFailed')).at(-1)!;

describe('a signature with a fresh sign-in at the provider', () => {
  it('sends the browser to sign in anew, and signs once with what it comes back with', async () => {
    const { ticket, sent } = await stepUp('rev');
    expect(Object.fromEntries(sent.searchParams)).toMatchObject({ prompt: 'login', max_age: '0', client_id: WEB.id });
    const signature = await sign('rev', ticket!);
    expect(signature).toMatchObject({ signer: person('rev').userId, components: ['oidc'], digest: DIGEST });
    expect(lab.keystore.unseal(signature.printedName)).toBe('The rev');
    expect(JSON.stringify(await lab.events())).not.toContain(ticket);

    await expect(sign('rev', ticket!)).rejects.toMatchObject(REFUSED);
    expect((await failure()).data).toMatchObject({ why: 'replayed-ticket', failures: 1 });
    expect((await alerts(lab)).at(-1)).toEqual({ alert: 'signing-failed', userId: person('rev').userId });
  });

  it('signs once also when the ticket is shown many times at once', async () => {
    const ticket = await ticketOf('rev');
    const tried = await Promise.allSettled([1, 2, 3].map(() => sign('rev', ticket)));
    expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it.each([
    ['another dossier', { ...WHAT, digest: 'd2'.repeat(32) }],
    ['another request', { ...WHAT, subject: { kind: 'approval', id: 'ap-2' } }],
    ['another meaning', { ...WHAT, meaning: 'rejected' as const }],
  ])('is not made for %s than the ticket is for, which is used up by the try', async (_, what) => {
    const ticket = await ticketOf('rev');
    await expect(sign('rev', ticket, what)).rejects.toMatchObject(REFUSED);
    expect((await failure()).data['why']).toBe('ticket-for-another-matter');
    await expect(sign('rev', ticket)).rejects.toMatchObject(REFUSED);
    await sign('rev', await ticketOf('rev'));
  });

  it('is not made with another person’s ticket, nor with one that nobody gave', async () => {
    await expect(sign('kim', await ticketOf('rev'))).rejects.toMatchObject(REFUSED);
    expect((await failure()).data).toMatchObject({ why: 'ticket-of-another', userId: person('kim').userId });
    await expect(sign('kim', `sgt_${'A'.repeat(43)}`)).rejects.toMatchObject(REFUSED);
    expect((await failure()).data['why']).toBe('unknown-ticket');
    await sign('kim', await ticketOf('kim'));
  });

  it('is not made with a ticket that is a minute old', async () => {
    const ticket = await ticketOf('rev');
    lab.clock.advance(59 * SECOND);
    const other = await ticketOf('rev');
    lab.clock.advance(SECOND);
    await expect(sign('rev', ticket)).rejects.toMatchObject(REFUSED);
    expect((await failure()).data['why']).toBe('expired-ticket');
    await sign('rev', other);
  });

  it('is not made once an administrator has taken the account from the subject', async () => {
    const ticket = await ticketOf('kim');
    const { userId } = person('kim');
    const [link] = await lab.app.get(Identities).of(userId);
    await lab.commands.execute(
      new UnlinkIdentity({ ...lab.system(), reason: 'left the lab' }, { userId, identityId: link!.digest }),
    );
    await expect(sign('kim', ticket)).rejects.toMatchObject(REFUSED);
    expect((await failure()).data['why']).toBe('identity-unlinked');
  });

  it('is not that of an administrator who lets an identity of their own act as the account', async () => {
    const { userId } = person('rev');
    const [boss, other] = [await lab.person('boss', PASSWORD, 'admin'), await lab.person('second', PASSWORD, 'admin')];
    const link = { userId, subject: 'mallory', rolesFollow: false };
    await lab.commands.execute(new LinkIdentity({ ...lab.as(boss), reason: 'another telephone' }, link));
    const asked = await send(`/api/v1/signing/oidc?${queryOf(WHAT).toString()}`, { cookie: person('rev').session });
    expect(asked.status).toBe(403);
    expect((await failure()).data).toMatchObject({ why: 'reset-unverified', userId });
    const vouch = (by: UserId) => lab.commands.execute(new VerifyIdentity(lab.as(by), { userId, how: 'seen' }));
    await vouch(boss);
    await expect(sign('rev', `sgt_${'B'.repeat(43)}`)).rejects.toThrow(/linked an identity/);
    await vouch(other);
    await sign('rev', await ticketOf('rev'));
    const [identity] = (await lab.app.get(Identities).of(userId)).slice(-1);
    const unlink = { userId, identityId: identity!.digest };
    await lab.commands.execute(new UnlinkIdentity({ ...lab.system(), reason: 'it was not theirs' }, unlink));
    people.set('rev', await signIn('rev'));
  });

  it('gives no ticket to somebody else who signs in at the provider, and tells at once', async () => {
    const before = (await alerts(lab)).length;
    const accounts = (await lab.events('UserCreated')).length;
    const { status, ticket } = await stepUp('rev', { at: 'mallory', browser: new ProviderBrowser() });
    expect([status, ticket]).toEqual([403, undefined]);
    expect(await failure()).toMatchObject({
      actor: { id: 'anonymous' },
      data: { why: 'another-person', userId: person('rev').userId, digest: DIGEST },
    });
    expect(await alerts(lab)).toHaveLength(before + 1);
    expect((await lab.events('UserCreated')).length).toBe(accounts);
  });

  it('gives no ticket for a sign-in that the browser only brought along', async () => {
    const silently = (url: URL) => {
      url.searchParams.delete('prompt');
      url.searchParams.delete('max_age');
      return url;
    };
    const without = await stepUp('rev', { tampered: silently });
    expect([without.status, without.ticket]).toEqual([403, undefined]);
    expect((await failure()).data['why']).toBe('oidc-answer');

    const browser = new ProviderBrowser();
    expect((await stepUp('rev', { browser })).ticket).toBeDefined();
    const later = Date.now() + 5 * 60_000;
    jest.spyOn(Date, 'now').mockImplementation(() => later);
    const long = (url: URL) => {
      silently(url).searchParams.set('max_age', '100000');
      return url;
    };
    const old = await stepUp('rev', { browser, tampered: long });
    expect([old.status, old.ticket]).toEqual([403, undefined]);
    expect((await whys(lab)).slice(-1)).toEqual(['oidc-answer']);
  });

  it('that is called off at the provider is refused, and no alert', async () => {
    const before = (await alerts(lab)).length;
    expect((await stepUp('rev', { cancel: true })).status).toBe(403);
    expect((await failure()).data['why']).toBe('oidc-refused');
    expect(await alerts(lab)).toHaveLength(before);
  });

  it('begins with what is to be signed, by somebody who is in', async () => {
    const good = { meaning: 'approved', digest: DIGEST, subject_kind: 'approval', subject_id: 'ap-1' };
    const url = (more: object) => `/api/v1/signing/oidc?${new URLSearchParams({ ...good, ...more }).toString()}`;
    expect((await send(url({}))).status).toBe(401);
    const cookie = person('rev').session;
    for (const bad of [
      { meaning: 'seen' },
      { digest: 'x' },
      { subject_kind: 'A b' },
      { subject_id: '' },
      { return_to: 'https://evil.example/' },
    ])
      expect((await send(url(bad), { cookie })).status).toBe(400);
  });
});
