/** What a clause asks for, and what answers it. Tests hold that the calls and files exist. */
export interface Clause {
  readonly clause: string;
  readonly asks: string;
  readonly control: string;
  /** Calls by which it is used or seen; none where it holds for every call, or for none. */
  readonly calls: readonly string[];
  readonly code: readonly string[];
  readonly tests: readonly string[];
}

export const CLAUSES: readonly Clause[] = [
  {
    clause: '21 CFR 11.10(d), (g); HIPAA 164.312(a)(1)',
    asks: 'access limited to those who are authorised; authority is checked',
    control:
      'Every route declares an action and what it is about; one place decides, and what is not granted is denied. Roles hold everywhere, for names, for one thing, or until a time; tokens may be limited further.',
    calls: ['POST /api/v1/users/:id/roles', 'POST /api/v1/users/:id/grants', 'GET /api/v1/users/:id/rights'],
    code: ['src/identity/access/permissions.ts'],
    tests: ['test/e2e/rights-of-routes.e2e.spec.ts'],
  },
  {
    clause: '21 CFR 11.10(e); HIPAA 164.312(b)',
    asks: 'who did what and when is recorded by the system itself',
    control:
      'Every change is an event with actor, time, reason and origin; denials and failed sign-ins are written before they are answered; reads in batches, with who, what, by which question and how often.',
    calls: ['GET /api/v1/audit/events', 'GET /api/v1/audit/reads'],
    code: ['docs/events.md', 'src/identity/access/access-trail.ts'],
    tests: ['test/e2e/denials.e2e.spec.ts', 'test/e2e/reads.e2e.spec.ts'],
  },
  {
    clause: '21 CFR 11.10(h)',
    asks: 'where an instruction came from',
    control:
      'Every event has the request, the sealed address and user agent, how its actor signed in, and with which token.',
    calls: ['GET /api/v1/audit/events/:id'],
    code: ['src/identity/access/request-context.ts', 'src/identity/access/client-seals.ts'],
    tests: ['src/identity/access/access.guard.int.spec.ts'],
  },
  {
    clause: '21 CFR 11.100(a); HIPAA 164.312(a)(2)(i)',
    asks: 'an identity is one individual’s, and never another’s',
    control:
      'Ids are random and never used again; a login stays with its account after that is disabled, also over MLflow’s calls. The doctor names passwords that come from many addresses.',
    calls: ['POST /api/v1/users', 'GET /api/v1/users'],
    code: ['src/identity/directory/directory.ts', 'src/cli/doctor/checks.ts'],
    tests: ['test/clients/auth-client.e2e.spec.ts'],
  },
  {
    clause: '21 CFR 11.100(b)',
    asks: 'an identity is verified before its account is sanctioned',
    control:
      'A new account may set its password and nothing more until somebody has recorded how its person was identified. Where the lab’s directory or OpenID provider knows only such people, the installation says so once, and it is recorded for each.',
    calls: ['POST /api/v1/users/:id/identity-verification'],
    code: [],
    tests: ['src/identity/verification/verification.int.spec.ts', 'test/e2e/scim.e2e.spec.ts'],
  },
  {
    clause: '21 CFR 11.50(a), (b); Annex 11 §14',
    asks: 'a signature shows the printed name, the time and the meaning, also where people read the record',
    control:
      'A signature has the name as at the time of signing (sealed), UTC time, one of four meanings, and a reason; the register shows all of it beside the digest of what was signed.',
    calls: ['GET /api/v1/signatures', 'GET /api/v1/signatures/:id'],
    code: [],
    tests: ['src/identity/signing/signer.int.spec.ts', 'src/identity/signing/signatures/signatures.int.spec.ts'],
  },
  {
    clause: '21 CFR 11.70; Annex 11 §14',
    asks: 'a signature can’t be cut out, copied or put under something else',
    control:
      'Its digest covers all that it says, the dossier’s digest and the request with it; it counts only in the record that it was made for, and only if its signer’s own stream has it. Reading one verifies it.',
    calls: ['GET /api/v1/signatures/:id'],
    code: ['src/identity/signing/statement.ts'],
    tests: ['src/identity/signing/signatures/signatures.int.spec.ts'],
  },
  {
    clause: '21 CFR 11.100(c)',
    asks: 'people certify that their electronic signatures bind',
    control:
      'Nobody signs before they have accepted a text that says so, shown with its version and digest, with the same components as a signature takes. (The letter to the agency is the laboratory’s.)',
    calls: ['GET /api/v1/users/me/signature-acceptance', 'POST /api/v1/users/me/signature-acceptance'],
    code: ['src/identity/signing/acceptance/text.ts'],
    tests: ['src/identity/signing/acceptance/acceptance.int.spec.ts'],
  },
  {
    clause: '21 CFR 11.200(a)(1) for signatures',
    asks: 'each signature takes all components; in one continuous session, later ones at least one',
    control:
      'Password and code, or a fresh sign-in at the provider, at every signature; a token or session never signs. With a setting, the password alone for some minutes after, in the same session.',
    calls: ['GET /api/v1/signing/oidc'],
    code: ['src/identity/signing/components.ts'],
    tests: ['src/identity/signing/oidc/step-up.int.spec.ts'],
  },
  {
    clause: 'HIPAA 164.312(d); 21 CFR 11.200(a)(1)',
    asks: 'whoever acts is the one whom they claim to be; two components where no token of the body is used',
    control:
      'Login and password, a one-time code beside it where the installation demands it by role, or the OpenID provider’s word, checked by its signature.',
    calls: ['POST /api/v1/sessions', 'POST /api/v1/users/me/second-factor/confirm', 'GET /api/v1/oidc/login'],
    code: [],
    tests: [
      'src/identity/second-factor/second-factor.int.spec.ts',
      'test/e2e/sessions.e2e.spec.ts',
      'test/clients/oidc-client.e2e.spec.ts',
    ],
  },
  {
    clause: 'HIPAA 164.312(a)(2)(ii)',
    asks: 'a way to what is needed in an emergency',
    control:
      'Accounts that were allowed to beforehand take a role for a while, with a reason. It is an alert, and stays overdue until somebody independent has signed, electronically, a dossier of what was done with it.',
    calls: ['POST /api/v1/break-glass', 'POST /api/v1/break-glass/reviews/:id', 'POST /api/v1/approvals/:id/decisions'],
    code: [],
    tests: ['src/identity/break-glass/break-glass.int.spec.ts', 'test/e2e/sessions-command.e2e.spec.ts'],
  },
  {
    clause: 'HIPAA 164.312(a)(2)(iii)',
    asks: 'a session that nobody uses ends',
    control: 'Browser sessions have an idle and an absolute time-out, and end in every process at once.',
    calls: ['GET /api/v1/sessions', 'DELETE /api/v1/sessions/:id'],
    code: [],
    tests: ['src/identity/sessions/sessions.int.spec.ts', 'test/e2e/sessions.e2e.spec.ts'],
  },
  {
    clause: 'HIPAA 164.312(e)(1)',
    asks: 'what crosses a network can’t be read there',
    control:
      'TLS 1.2 and 1.3 by two settings, renewed without a restart; the doctor names a server that listens to a network without it.',
    calls: [],
    code: [],
    tests: ['test/e2e/tls.e2e.spec.ts', 'src/cli/doctor/checks.unit.spec.ts'],
  },
  {
    clause: '21 CFR 11.200(a)(2), (3)',
    asks: 'only its owner uses an identity; for anybody else it takes two people',
    control:
      'A password that an administrator chose or reset opens one call, setting one’s own, and signs nothing. One administrator alone never resets both password and second factor. An account whose password or second factor was reset, or to which an identity was linked, signs again only after another person than who did that has identified its owner anew. Nobody issues or rotates another person’s tokens; a signing ticket is good for its owner alone.',
    calls: ['POST /api/v1/users/:id/password', 'POST /api/v1/users/me/password'],
    code: [],
    tests: [
      'src/identity/user/decide.unit.spec.ts',
      'src/identity/signing/signer.int.spec.ts',
      'test/e2e/limited-tokens.e2e.spec.ts',
    ],
  },
  {
    clause: '21 CFR 11.300(a), (b)',
    asks: 'passwords are unique to an id, and checked or revised periodically',
    control:
      'No reuse of the last ones, ageing as a setting (an aged one signs nothing), Argon2id; the doctor names an installation where passwords never age.',
    calls: ['POST /api/v1/users/me/password'],
    code: [],
    tests: ['src/identity/credentials/credentials.unit.spec.ts', 'src/cli/doctor/checks.unit.spec.ts'],
  },
  {
    clause: '21 CFR 11.300(c)',
    asks: 'lost or stolen credentials are replaced at once',
    control:
      'Revoking, resetting and disabling hold for the next request in every process; rotation gives a token another secret without a gap.',
    calls: ['DELETE /api/v1/tokens/:id', 'POST /api/v1/tokens/:id/rotate', 'POST /api/v1/users/:id/disable'],
    code: [],
    tests: ['src/identity/access/access.guard.int.spec.ts', 'test/e2e/limited-tokens.e2e.spec.ts'],
  },
  {
    clause: '21 CFR 11.300(d); HIPAA 164.308(a)(5)(ii)(C)',
    asks: 'misuse is prevented and noticed',
    control:
      'Wrong passwords lock for a while that doubles, with an event; an address that guesses is slowed; one answer whatever was wrong; each failure is in the trail. Each failed signing is an alert at once, at the first, and counts towards the lock. Locks, guessing, refusals in a row, a new address of an administrator and a broken glass are alerts, in the trail and in the log.',
    calls: ['GET /api/v1/audit/alerts', 'POST /api/v1/users/:id/unlock'],
    code: ['src/identity/access/sign-in-locks.ts', 'src/identity/signing/failed-signings.ts'],
    tests: ['src/identity/alerts/alerts.int.spec.ts', 'test/e2e/signing.e2e.spec.ts'],
  },
  {
    clause: 'HIPAA 164.308(a)(3), (4); Annex 11 §12',
    asks: 'giving, changing and ending rights is authorised and recorded',
    control:
      'Rights change through events with a reason; rights as of any date, with who gave them and why, come from the log. Whoever leaves is disabled at once, sessions and tokens with them, also by the lab’s directory (SCIM).',
    calls: ['GET /api/v1/users/:id/rights', 'POST /api/v1/users/:id/disable', 'PATCH /scim/v2/Users/:id'],
    code: ['src/identity/queries/rights/query.ts'],
    tests: ['test/e2e/rights-command.e2e.spec.ts', 'test/e2e/leavers.e2e.spec.ts', 'test/e2e/scim.e2e.spec.ts'],
  },
  {
    clause: 'HIPAA 164.308(a)(1)(ii)(D)',
    asks: 'activity is reviewed regularly',
    control:
      'The trail is searchable by person, action, resource and outcome; the doctor looks for dormant administrators and shared accounts.',
    calls: ['GET /api/v1/audit/events', 'GET /api/v1/audit/reads'],
    code: ['src/audit/README.md', 'src/cli/doctor/doctor.command.ts'],
    tests: ['test/e2e/audit-command.e2e.spec.ts', 'src/cli/doctor/checks.unit.spec.ts'],
  },
  {
    clause: 'ISO/IEC 17025 7.11.3',
    asks: 'records are protected from unauthorised access and tampering',
    control:
      'No call changes or deletes an event; whoever manages accounts neither trains nor promotes, and whoever trains does not promote.',
    calls: [],
    code: ['src/identity/access/matrix.ts', 'src/identity/named-roles/levels.ts'],
    tests: ['test/e2e/rights-of-routes.e2e.spec.ts', 'src/identity/access/matrix.unit.spec.ts'],
  },
  {
    clause: 'GDPR Art. 17, 32; HIPAA 164.312(a)(2)(iv)',
    asks: 'personal data is protected, and can be erased',
    control:
      'Names, addresses and claimed names are sealed under a key for each person, apart from the log; destroying the key changes no event. It takes a privacy officer and an auditor, ends the account, and leaves a pseudonym in every answer and no byte in the data folder. The key of keys may come from a key service.',
    calls: ['POST /api/v1/erasures'],
    code: ['src/identity/erasure', 'src/identity/keystore', 'docs/privacy.md'],
    tests: [
      'test/e2e/erasure.e2e.spec.ts',
      'test/e2e/key-service.e2e.spec.ts',
      'src/identity/keystore/keystore.int.spec.ts',
    ],
  },
  {
    clause: 'HIPAA 164.316(b)(2)(i); 21 CFR 11.10(c); ISO 17025 8.4; GDPR Art. 5(1)(e), 17(3)',
    asks: 'records are kept for their time, and so that they can be found; what is held for a case stays',
    control:
      'Each class of records has a time of years, seven to begin with, changed by an approval only and never below six. Legal holds on a person, a model or everything block erasure and the archive. Closed segments of the log are archived as files that prove themselves, and are restored for reading; the running log is kept whole. Trying to remove what is younger or held is refused and recorded.',
    calls: ['GET /api/v1/retention', 'POST /api/v1/legal-holds', 'GET /api/v1/archive/segments'],
    code: ['src/records', 'docs/privacy.md'],
    tests: [
      'test/e2e/retention.e2e.spec.ts',
      'test/e2e/archive.e2e.spec.ts',
      'src/records/archive/segments.int.spec.ts',
    ],
  },
  {
    clause: '21 CFR 11.10(a), (c), (e); Annex 11 §9; HIPAA 164.312(c)',
    asks: 'earlier entries are not obscured, and what was recorded stays',
    control:
      'The log is append-only: triggers refuse UPDATE, DELETE and REPLACE, and no setting ends recording. A write is answered once it is on disk, and survives a kill.',
    calls: ['GET /api/v1/audit/events'],
    code: ['src/ledger/sqlite'],
    tests: ['src/ledger/sqlite/append-only.int.spec.ts', 'test/faults/server-killed.fault.spec.ts'],
  },
  {
    clause: 'HIPAA 164.312(c)(2); ISO/IEC 17025 7.11.3',
    asks: 'a way to see that a record was not altered',
    control:
      'Each file goes by its SHA-256 and is verified before it is sent; damage is refused and recorded. A version is sealed under a manifest of digests when it is made.',
    calls: ['GET /api/2.0/mlflow-artifacts/artifacts/*'],
    code: ['src/artifacts', 'docs/decisions/0009-verify-before-sending.md'],
    tests: ['test/e2e/known-attacks.e2e.spec.ts'],
  },
  {
    clause: 'ISO/IEC 17025 7.5, 7.11',
    asks: 'who did each step of a result, on which data',
    control:
      'Data set digest, job, run, files by digest, version, stage and predictions each name the one before. Training history is kept for good.',
    calls: ['GET /api/v1/predictions/:id', 'GET /api/v1/training-jobs/:id', 'GET /api/v1/datasets/:id'],
    code: ['docs/events.md'],
    tests: ['test/e2e/demo.e2e.spec.ts'],
  },
  {
    clause: '21 CFR 11.10(f); Annex 11 §10; IEC 62304 8.2',
    asks: 'steps in the order that is permitted, and changes by approval only',
    control:
      'A policy says which stages and aliases are protected, who approves, in which order, and what must hold; it is published by an approval of its own. A promotion opens a request, takes effect with the last signature, exactly once, and not at all when the evidence has changed.',
    calls: ['GET /api/v1/approvals/:id', 'POST /api/v1/approvals/:id/decisions', 'GET /api/v1/policies'],
    code: ['src/approvals', 'src/policies', 'docs/policies.md'],
    tests: [
      'test/e2e/governance-story.e2e.spec.ts',
      'test/e2e/approvals.e2e.spec.ts',
      'src/approvals/approval/decide.unit.spec.ts',
    ],
  },
  {
    clause: 'FDA PCCP (final guidance, 2024)',
    asks: 'modifications within a plan that was authorised, others newly authorised',
    control:
      'A change plan in a policy names the kinds of modification and their acceptance limits: inside it a version takes the short path, outside it is blocked until it is authorised anew.',
    calls: ['GET /api/v1/models/:name/versions/:version/gates'],
    code: ['src/policies/evaluation', 'examples/policies/lims-change-plan.yaml'],
    tests: ['src/policies/policies.int.spec.ts'],
  },
  {
    clause: 'Annex 11 §13; IEC 62304 9',
    asks: 'a way back when a change does harm',
    control:
      'One call or command puts the version before back into Production. Where approvals are in force it opens a review, which stays overdue until somebody independent has signed it. In an emergency somebody takes the role for it by breaking the glass, which is reviewed, too.',
    calls: ['POST /api/v1/models/:name/rollback', 'POST /api/v1/approvals/:id/decisions'],
    code: ['src/registry/commands/roll-back'],
    tests: ['test/e2e/rollback-command.e2e.spec.ts', 'src/registry/rollback-review/rollback-review.int.spec.ts'],
  },
  {
    clause: 'Annex 11 §7.2; 21 CFR 11.10(c)',
    asks: 'regular backups, their integrity and the ability to restore checked',
    control:
      'Whole backups beside running servers with a SHA-256 of every file, checked by a command or by sha256sum; a restore verifies what it copies and replaces nothing, also to a point in time that a signed checkpoint names. The keys are copied apart.',
    calls: [],
    code: ['src/app/backup', 'docs/operations.md'],
    tests: ['src/app/backup/backup.int.spec.ts', 'test/faults/backup-killed.fault.spec.ts'],
  },
  {
    clause: '21 CFR 11.10(e)',
    asks: 'time stamps that can be relied on',
    control:
      'Times never go back along the log. A clock of a server that jumps back, or far forward, is recorded once with both times, and is an alert.',
    calls: ['GET /api/v1/audit/alerts'],
    code: ['src/identity/clock'],
    tests: ['src/identity/clock/clock-watch.int.spec.ts', 'test/e2e/clock.e2e.spec.ts'],
  },
  {
    clause: '21 CFR 11.10(a)',
    asks: 'altered records can be discerned: models, also outside of the server',
    control:
      'Each version is signed over the SHA-256 of all its files, as an OpenSSF Model Signing bundle that a package of others verifies without this server.',
    calls: ['GET /api/v1/models/:name/versions/:version/model.sig'],
    code: ['src/registry/signature'],
    tests: ['test/clients/model-signatures.e2e.spec.ts'],
  },
];

/** What is asked for and has no answer yet. */
export const NOT_YET: readonly string[] = [
  'Proof against somebody with access to the disk (Merkle tree, signed checkpoints, offline verification): the log is append-only and ordered, but nothing cryptographic shows yet that the file was not rewritten.',
  'Reports, exports, retention, archive, erasure on the command line.',
];
