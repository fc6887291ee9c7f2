import { describe, expect, it } from '@jest/globals';
import { Micros, Role, UserId } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { digestOf, dossierOf } from '../digest.js';
import { ApprovalRules, Signature } from '../port.js';
import { approvalDecider, ApprovalCommand } from './decide.js';
import { ApprovalEvent } from './events.js';
import { progressOf } from './progress.js';

const { given } = specFor(approvalDecider);

const ana = 'u-ana' as UserId;
const rex = 'u-rex' as UserId;
const ria = 'u-ria' as UserId;
const ada = 'u-ada' as UserId;
const tom = 'u-tom' as UserId;
const at = (hours: number) => (hours * 3_600_000_000) as Micros;
const about = { approvalId: 'ap-1', number: 7, kind: 'model-version', subject: { kind: 'model-version', id: 'm/3' } };
const dossier = dossierOf({ version: 3, f1: 0.93 });
const newer = dossierOf({ version: 3, f1: 0.94 });
const twoReviewers: ApprovalRules = {
  order: 'parallel',
  steps: [{ role: 'reviewer', approvals: 2 }],
  expiresAfterHours: 24,
  excluded: [{ userId: tom, why: 'trained the run' }],
};
const inTurn: ApprovalRules = {
  ...twoReviewers,
  order: 'sequential',
  steps: [
    { role: 'reviewer', approvals: 1 },
    { role: 'privacy-officer', approvals: 1 },
  ],
};
const both: ApprovalRules = { ...inTurn, order: 'parallel' };

const asked = {
  ...about,
  title: 'detector version 3 to Production',
  action: { type: 'stage', stage: 'Production' },
  requester: ana,
  dossier,
  expiresAt: at(24),
};
const requested = (rules = twoReviewers): ApprovalEvent => ({ type: 'ApprovalRequested', data: { ...asked, rules } });

const signatureOf = (signer: UserId, more: Partial<Signature> = {}): Signature => ({
  signatureId: `sg-${signer}`,
  signer,
  printedName: { subject: signer, box: 'v1.x.y' },
  meaning: 'approved',
  reason: 'checked',
  subject: { kind: 'approval', id: 'ap-1' },
  digest: dossier.digest,
  signedAt: at(1),
  components: ['password'],
  statementDigest: 'aa',
  ...more,
});

interface Given {
  readonly roles?: readonly Role[];
  readonly step?: number;
  readonly of?: typeof dossier;
}
const signed = (signer: UserId, { roles = ['reviewer'], step = 0, of = dossier }: Given = {}): ApprovalEvent => ({
  type: 'ApprovalSigned',
  data: { ...about, decision: 'approve', step, roles, signature: signatureOf(signer, { digest: of.digest }) },
});
const rejected = (signer: UserId): ApprovalEvent => ({
  type: 'ApprovalSigned',
  data: {
    ...about,
    decision: 'reject',
    roles: ['reviewer'],
    signature: signatureOf(signer, { meaning: 'rejected' }),
  },
});
const granted: ApprovalEvent = { type: 'ApprovalGranted', data: { ...about, digest: dossier.digest } };
const renewed: ApprovalEvent = {
  type: 'ApprovalDossierRenewed',
  data: { ...about, dossier: newer, previousDigest: dossier.digest },
};

type Sign = Extract<ApprovalCommand, { type: 'sign' }>;
const sign = (id: UserId, roles: readonly Role[] = ['reviewer'], more: Partial<Sign> = {}): Sign => {
  const { digest = dossier.digest, meaning = 'approved' } = more;
  return {
    type: 'sign',
    signer: { id, kind: 'person', roles },
    decision: 'approve',
    meaning,
    digest,
    now: at(1),
    signature: signatureOf(id, { digest, meaning }),
    ...more,
  };
};
const reject = (id: UserId) => sign(id, ['reviewer'], { decision: 'reject', meaning: 'rejected' });

describe('a request', () => {
  it('is made once', () => {
    const command: ApprovalCommand = { type: 'request', ...asked, rules: twoReviewers };
    given().when(command).then(requested());
    given(requested()).when(command).thenNothing();
  });

  it('that there is not can neither be decided nor withdrawn', () => {
    given().when(sign(rex)).thenRefused({ code: 'approval-not-found', kind: 'not-found' });
    given().when({ type: 'withdraw', by: ana }).thenRefused({ code: 'approval-not-found' });
  });

  it('is withdrawn by whoever made it, while it is open', () => {
    const withdraw = (by: UserId): ApprovalCommand => ({ type: 'withdraw', by });
    const withdrawn: ApprovalEvent = { type: 'ApprovalWithdrawn', data: about };
    given(requested()).when(withdraw(ana)).then(withdrawn);
    given(requested(), withdrawn).when(withdraw(ana)).thenNothing();
    given(requested()).when(withdraw(rex)).thenRefused({ code: 'not-your-request', kind: 'denied' });
    given(requested(), signed(rex), signed(ria), granted).when(withdraw(ana)).thenRefused({ code: 'approval-closed' });
  });

  it('that reviews what has happened is not taken back', () => {
    given(requested({ ...twoReviewers, afterwards: true }))
      .when({ type: 'withdraw', by: ana })
      .thenRefused({ kind: 'state', code: 'review-not-withdrawn' });
  });
  it('expires by the time of the command, once', () => {
    const expired: ApprovalEvent = { type: 'ApprovalExpired', data: { ...about, expiredAt: at(24) } };
    given(requested())
      .when({ type: 'expire', now: (at(24) - 1) as Micros })
      .thenNothing();
    given(requested())
      .when({ type: 'expire', now: at(24) })
      .then(expired);
    given(requested(), expired)
      .when({ type: 'expire', now: at(25) })
      .thenNothing();
    given(requested())
      .when(sign(rex, ['reviewer'], { now: at(24) }))
      .thenRefused({ code: 'approval-expired' });
    given(requested(), expired).when(sign(rex)).thenRefused({ code: 'approval-closed' });
  });

  it('takes 500 comments and no more', () => {
    const comment: ApprovalEvent = { type: 'ApprovalCommented', data: { ...about, comment: 'hm' } };
    const many = Array.from({ length: 500 }, () => comment);
    given(requested()).when({ type: 'comment', comment: 'hm' }).then(comment);
    given(requested(), ...many)
      .when({ type: 'comment', comment: 'hm' })
      .thenRefused({ code: 'too-many-comments' });
  });
});

describe('approvals', () => {
  it('of so many different people grant a request, with the last one', () => {
    given(requested()).when(sign(rex)).then(signed(rex));
    given(requested(), signed(rex)).when(sign(ria)).then(signed(ria), granted);
  });

  it('count once a person', () => {
    given(requested(), signed(rex)).when(sign(rex)).thenRefused({ code: 'signed-already', kind: 'denied' });
  });

  it('after the last one are refused', () => {
    const full = [requested(), signed(rex), signed(ria), granted];
    given(...full)
      .when(sign(ada))
      .thenRefused({ code: 'approval-closed', kind: 'conflict' });
  });

  it('are not given by whoever asked, nor by who is excluded, who is told why', () => {
    given(requested()).when(sign(ana)).thenRefused({ code: 'own-request', kind: 'denied' });
    given(requested())
      .when(sign(tom))
      .thenRefused({
        code: 'not-independent',
        kind: 'denied',
        message: expect.stringMatching(/trained the run/) as never,
      });
  });

  it('are given by persons who are there', () => {
    const by = (signer: Partial<Sign['signer']>) => ({ ...sign(rex), signer: { ...sign(rex).signer, ...signer } });
    given(requested())
      .when(by({ kind: 'service' }))
      .thenRefused({ code: 'not-a-person', kind: 'denied' });
    given(requested())
      .when(by({ kind: 'system' }))
      .thenRefused({ code: 'not-a-person' });
    given(requested())
      .when(by({ verified: false }))
      .thenRefused({ code: 'not-a-person' });
  });

  it('need a role that was asked for, at the time of signing', () => {
    given(requested())
      .when(sign(rex, ['admin', 'auditor']))
      .thenRefused({ code: 'approval-role-missing', kind: 'denied' });
    given(requested()).when(sign(rex, [])).thenRefused({ code: 'approval-role-missing' });
  });

  it('need a dossier that is still the one', () => {
    given(requested(), renewed)
      .when(sign(rex))
      .thenRefused({ code: 'stale-dossier', kind: 'conflict', field: 'digest' });
  });

  it('on an older dossier do not count, and have to be given again', () => {
    const again = sign(rex, ['reviewer'], { digest: newer.digest });
    const other = { ...again, signature: { ...again.signature, signatureId: 'sg-2' } };
    given(requested(), signed(rex), renewed)
      .when(other)
      .then({
        type: 'ApprovalSigned',
        data: { ...about, decision: 'approve', step: 0, roles: ['reviewer'], signature: other.signature },
      });
    given(requested(), signed(rex), renewed, signed(ria, { of: newer }))
      .when({ ...other, signer: { ...other.signer, id: ria }, signature: { ...other.signature, signer: ria } })
      .thenRefused({ code: 'signed-already' });
  });

  it('have a meaning that fits', () => {
    const wrong = sign(rex, ['reviewer'], { meaning: 'rejected' });
    given(requested()).when(wrong).thenRefused({ code: 'meaning-does-not-fit', kind: 'invalid', field: 'meaning' });
    given(requested())
      .when({ ...reject(rex), meaning: 'approved' })
      .thenRefused({ code: 'meaning-does-not-fit' });
    const reviewed = sign(rex, ['reviewer'], { meaning: 'reviewed' });
    given(requested())
      .when(reviewed)
      .then({
        type: 'ApprovalSigned',
        data: { ...about, decision: 'approve', step: 0, roles: ['reviewer'], signature: reviewed.signature },
      });
  });

  it.each<[string, Partial<Signature>]>([
    ['somebody else', { signer: ria }],
    ['another request', { subject: { kind: 'approval', id: 'ap-2' } }],
    ['something that is no request', { subject: { kind: 'policy', id: 'ap-1' } }],
    ['another dossier', { digest: newer.digest }],
    ['another meaning', { meaning: 'reviewed' }],
  ])('are refused with a signature of %s', (_, wrong) => {
    const command = sign(rex);
    given(requested())
      .when({ ...command, signature: { ...command.signature, ...wrong } })
      .thenRefused({ code: 'signature-of-another', kind: 'denied' });
  });

  it('are refused with a signature that was used before', () => {
    const replayed = { ...signatureOf(ria), signatureId: `sg-${rex}` };
    given(requested(), signed(rex))
      .when({ ...sign(ria), signature: replayed })
      .thenRefused({ code: 'signature-of-another' });
  });

  it('reject at once, also beside approvals', () => {
    const end: ApprovalEvent = { type: 'ApprovalRejected', data: { ...about, digest: dossier.digest } };
    given(requested(), signed(rex)).when(reject(ria)).then(rejected(ria), end);
    given(requested()).when(reject(tom)).thenRefused({ code: 'not-independent' });
    given(requested(), rejected(rex), end).when(sign(ria)).thenRefused({ code: 'approval-closed' });
  });
});

describe('steps', () => {
  const officer: readonly Role[] = ['privacy-officer'];

  it('in turn wait for those before them', () => {
    given(requested(inTurn)).when(sign(ada, officer)).thenRefused({ code: 'step-not-open', kind: 'conflict' });
    given(requested(inTurn), signed(rex))
      .when(sign(ada, officer))
      .then(signed(ada, { roles: officer, step: 1 }), granted);
    given(requested(inTurn), signed(rex)).when(sign(ria)).thenRefused({ code: 'step-not-open' });
  });

  it('in parallel take whoever comes first, and nobody who is not needed', () => {
    given(requested(both))
      .when(sign(ada, officer))
      .then(signed(ada, { roles: officer, step: 1 }));
    given(requested(both), signed(rex)).when(sign(ria)).thenRefused({ code: 'step-not-open' });
  });

  it('give way: somebody with two roles counts where nobody else can', () => {
    const two: readonly Role[] = ['reviewer', 'privacy-officer'];
    given(requested(both))
      .when(sign(ada, two))
      .then(signed(ada, { roles: two, step: 0 }));
    given(requested(both), signed(ada, { roles: two }))
      .when(sign(rex))
      .then(signed(rex), granted);
  });

  it('take any of the roles that will do, in turn and in parallel', () => {
    const either: ApprovalRules = { ...inTurn, steps: [{ role: 'auditor', or: ['admin'], approvals: 2 }] };
    const signers = [
      { signatureId: 'a', roles: ['admin'] },
      { signatureId: 'b', roles: ['reviewer'] },
      { signatureId: 'c', roles: ['auditor'] },
    ] as const;
    for (const order of ['sequential', 'parallel'] as const) {
      const { counted, missing } = progressOf({ ...either, order }, signers);
      expect([...counted.keys()].sort()).toEqual(['a', 'c']);
      expect(missing).toEqual([]);
    }
  });
  it('count somebody for one of them only', () => {
    const two: readonly Role[] = ['reviewer', 'privacy-officer'];
    const { counted, missing } = progressOf(both, [{ signatureId: 'a', roles: two }]);
    expect([...counted]).toEqual([['a', 0]]);
    expect(missing).toEqual([{ role: 'privacy-officer', approvals: 1, step: 1 }]);
    given(requested(both), signed(ada, { roles: two }))
      .when(sign(ada, two))
      .thenRefused({ code: 'signed-already' });
  });
});

describe('what changes under an open request', () => {
  it('is noted: a dossier, rules, both or nothing', () => {
    const rules: ApprovalRules = { ...twoReviewers, steps: [{ role: 'auditor', approvals: 1 }] };
    const changed: ApprovalEvent = { type: 'ApprovalRulesChanged', data: { ...about, rules } };
    given(requested())
      .when({ type: 'refresh', dossier, rules: structuredClone(twoReviewers) })
      .thenNothing();
    given(requested()).when({ type: 'refresh', dossier: newer, rules: twoReviewers }).then(renewed);
    given(requested()).when({ type: 'refresh', dossier: newer, rules }).then(renewed, changed);
    given(requested(), changed).when(sign(rex)).thenRefused({ code: 'approval-role-missing' });
    given(requested(), signed(rex), signed(ria), granted)
      .when({ type: 'refresh', dossier: newer, rules })
      .thenNothing();
  });

  it('can make it void, also once it is granted, and never after it was carried out', () => {
    const command: ApprovalCommand = { type: 'void', code: 'version-not-found', why: 'it is gone' };
    const voided: ApprovalEvent = {
      type: 'ApprovalVoided',
      data: { ...about, code: 'version-not-found', why: 'it is gone' },
    };
    given(requested()).when(command).then(voided);
    given(requested(), granted).when(command).then(voided);
    given(requested(), voided)
      .when(sign(rex))
      .thenRefused({ code: 'approval-closed', message: expect.stringMatching(/it is gone/) as never });
    const done: ApprovalEvent = { type: 'ApprovalCarriedOut', data: { ...about, result: {} } };
    given(requested(), granted, done).when(command).thenNothing();
  });
});

describe('carrying out', () => {
  const command: ApprovalCommand = { type: 'carry-out', result: { archived: [2] } };
  const done: ApprovalEvent = { type: 'ApprovalCarriedOut', data: { ...about, result: { archived: [2] } } };

  it('is noted once, and only of what was granted', () => {
    given(requested(), granted).when(command).then(done);
    given(requested(), granted, done).when(command).thenNothing();
    given(requested()).when(command).thenRefused({ code: 'approval-closed' });
  });
});

describe('the digest of a dossier', () => {
  it('is that of its canonical JSON, whatever the order of its fields', () => {
    expect(digestOf({ b: 1, a: 'ä' })).toBe(digestOf({ a: 'ä', b: 1 }));
    // sha256 of {"a":1}
    expect(digestOf({ a: 1 })).toBe('015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862');
  });
});
