export interface Threat {
  readonly who: string;
  readonly wants: string;
  readonly meets: string;
  /** What is left, and whose it is. */
  readonly left: string;
}

export const THREATS: readonly Threat[] = [
  {
    who: 'Somebody on the network, without an account',
    wants: 'to guess a password or find out who has an account',
    meets:
      'Argon2id with a pepper, locks that double, fewer tries for an address that guesses, one answer in the same time for every mistake, a bound on checks at once; each try is in the trail, or counted in it once an address goes on and on; a lock and a guessing address are alerts',
    left: 'Without TLS (`CUSTODY_TLS_CERT`, or a proxy), they read what they need not guess: `custody doctor` names a server that listens beyond its machine without it.',
  },
  {
    who: 'Somebody with a stolen token',
    wants: 'to act as its owner',
    meets:
      'limits (reading, actions, names), an end, last use shown, revoking and rotating at once; a limited token makes no other secrets, and no token sets a password without the present one',
    left: 'Until it is noticed, the thief is the owner, within the limits.',
  },
  {
    who: 'Somebody with a stolen password',
    wants: 'to sign in as its owner',
    meets:
      'a one-time code beside it (RFC 6238), which the installation may demand by role, good once in all processes together; recovery codes, each good once; an alert when an administrator comes from a new address',
    left: 'Somebody who is talked out of a code in its half minute. An OpenID provider with keys that know their site (passkeys) has an answer to that; Custody takes its word.',
  },
  {
    who: 'Somebody with a stolen or planted cookie',
    wants: 'to go on as its owner',
    meets:
      'a new secret at each sign-in, whatever cookie came; only its digest on disk; idle and absolute time-outs, an end at signing out, at another password and at disabling, in every process at the next request; sessions are listed with where they are used from',
    left: 'Until one of these, the thief is the owner.',
  },
  {
    who: 'Somebody at a colleague’s unlocked browser, or with their token',
    wants: 'to sign in their name',
    meets:
      'password and code anew at each signature, or a sign-in at the provider whose time the ID token proves, whatever the browser made of the address; a ticket is good once, a minute, for one dossier and meaning; the first wrong try is an alert, five lock',
    left: 'With `CUSTODY_SIGNING_SESSION_MINUTES`, the password alone is enough for a while. Somebody who has just signed in at the provider, within the minute that clocks may differ by.',
  },
  {
    who: 'Somebody with a token of the OpenID provider, or a forged one',
    wants: 'to be taken for somebody else',
    meets:
      'signature by the provider’s own keys and by no other algorithm (never `none`, never a shared secret), issuer, audience, time and type are checked; accounts hang on the subject, never on a name; PKCE, state and nonce in the browser; roles only by the map of the installation',
    left: 'Whoever runs the provider can be anybody who comes through it. Linked accounts keep their own roles.',
  },
  {
    who: 'The lab’s directory, or whoever holds its token',
    wants: 'to give rights that nobody decided',
    meets:
      'the role `provisioner` alone reaches SCIM and nothing else; groups give the roles that an administrator mapped to them; the last administrator can’t be taken away; each change is an event of the directory’s own account',
    left: 'Whoever can change a mapped group in the directory decides who has its roles.',
  },
  {
    who: 'Somebody who may break the glass',
    wants: 'a role without a need',
    meets:
      'it takes leave beforehand, a reason, and having signed in within five minutes, by no token; it ends by itself, is an alert at once, and stays overdue until somebody independent has signed it off; the role decides no request for approval',
    left: 'What they did in the meantime stands; the trail shows which role it was done by.',
  },
  {
    who: 'Somebody who signed before their machine was stolen, or their account was disabled',
    wants: 'that what was signed with it still counts',
    meets:
      'an approval counts only while the account of its signer is active, and its signer is somebody whom the rules in force don’t exclude; that is read when the request would be granted, noted in its stream, and shown beside the signature with the reason; requests that are open are looked at again when an account is disabled',
    left: 'What was granted and carried out before stands: a rollback takes it back.',
  },
  {
    who: 'An analyst',
    wants: 'to bring a model of their own into Production',
    meets:
      'promotion, the aliases that deployments load, and what would push a version out need `model:promote`, which no analyst has, whatever they own; a version’s files are sealed when it is made',
    left: 'A reviewer who trains under a second account. The doctor names administrators who do more; people who have two accounts are known to those who made them.',
  },
  {
    who: 'An analyst with a right for some names',
    wants: 'to see or change what has another name',
    meets:
      'everything that a request names must be covered, in path, query and body; lists leave out the rest; names are no regular expressions; a right for one thing goes by its id, so that renaming neither widens nor passes it on',
    left: 'Whoever may rename within a pattern decides what the pattern covers.',
  },
  {
    who: 'An administrator',
    wants: 'to act without a trace, or as somebody else',
    meets:
      'no call writes without its event, and none ends recording; passwords that they set open one call, and reset together with a second factor by two of them only; each reset, and each new administrator, is an alert; they issue no tokens for people; they neither train nor promote, and nobody changes their own rights; an account acts only after somebody recorded how its person was identified',
    left: 'They can say that they identified a person who does not exist, and reset the password of somebody without a second factor to act as them: demand one (`CUSTODY_SECOND_FACTOR_ROLES`). The trail and the alerts show who did it, and the owner’s password works no more.',
  },
  {
    who: 'Whoever runs the machine',
    wants: 'to change the record',
    meets: 'the log refuses changes by trigger; names and addresses are sealed, verifiers are peppered',
    left: 'Who can write to the disk can replace the file: keep copies apart, and the master key out of the data folder.',
  },
  {
    who: 'A page that a signed-in person opens',
    wants: 'to send requests in their name',
    meets:
      'the session’s cookie is `SameSite=Strict` and of this host alone, each change takes a token beside it, and what the browser says about where a request comes from is believed when it speaks against it; an open server answers its own machine and its own pages only',
    left: 'A browser that remembers Basic credentials sends them along: use tokens in programs, and sign out.',
  },
  {
    who: 'Whoever reads',
    wants: 'to look at results, people or the trail unseen',
    meets:
      'every answered read is in the trail: who, what, by which question, how often, within seconds; no setting ends that',
    left: 'A crash loses at most the reads of the last `CUSTODY_READ_TRAIL_MS`. What was read with access to the disk, no program sees.',
  },
  {
    who: 'Somebody who wants it to stand still',
    wants: 'to use up memory, threads or disk',
    meets:
      'limits on headers, bodies, time and checks of passwords at once; a bound on requests of one account as a setting; failed tries of one address become one line a minute in the trail',
    left: 'A flood of connections is for the network in front.',
  },
  {
    who: 'A webhook’s receiver, or whoever names one',
    wants: 'to reach inside the house through the server',
    meets:
      'public addresses only, checked when connecting, no redirects, no proxy; inside receivers are named by the operator',
    left: 'What the operator allows.',
  },
  {
    who: 'Somebody who reads or writes other people’s mail',
    wants: 'to learn what a laboratory does, or to make the server write for them',
    meets:
      'mail without names, free text and anything of a patient, to one plain address each; TLS to the mail server, or nothing is sent; titles on one line, so that no name of a model becomes a header',
    left: 'The title of a request (name, version, stage) is in the mailbox. A relay without TLS, where the operator says so.',
  },
];
