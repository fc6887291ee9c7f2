import { describe, expect, it } from '@jest/globals';
import { Micros, Role, UserId } from '../../core/index.js';
import { specFor } from '../../core/testing/decider-spec.js';
import { dossierOf } from '../digest.js';
import { ApprovalRules, Signature } from '../port.js';
import { approvalDecider, ApprovalCommand, Found } from './decide.js';
import { mayNotDecide, signedBefore } from './decide-sign.js';
import { Approval, ApprovalEvent, evolve, noApproval } from './events.js';
import { approvalsOf } from './progress.js';

const { given } = specFor(approvalDecider);

const [ana, rex, ria, tom] = ['u-ana', 'u-rex', 'u-ria', 'u-tom'] as UserId[] as [UserId, UserId, UserId, UserId];
const now = 3_600_000_000 as Micros;
const about = { approvalId: 'ap-1', number: 7, kind: 'model-version', subject: { kind: 'model-version', id: 'm/3' } };
const dossier = dossierOf({ version: 3 });
const { digest } = dossier;
const needs = (approvals: number, more: Partial<ApprovalRules> = {}): ApprovalRules => ({
  order: 'parallel',
  steps: [{ role: 'reviewer', approvals }],
  expiresAfterHours: 24,
  excluded: [],
  ...more,
});
const two = needs(2);
const withoutTom = { excluded: [{ userId: tom, why: 'trained the run' }] };

const requested: ApprovalEvent = {
  type: 'ApprovalRequested',
  data: {
    ...about,
    title: 'detector version 3 to Production',
    action: {},
    requester: ana,
    dossier,
    rules: two,
    expiresAt: (now * 24) as Micros,
  },
};
const signature = (signer: UserId): Signature => ({
  signatureId: `sg-${signer}`,
  signer,
  printedName: { subject: signer, box: 'v1.x.y' },
  meaning: 'approved',
  reason: 'checked',
  subject: { kind: 'approval', id: 'ap-1' },
  digest,
  signedAt: now,
  components: ['password'],
  statementDigest: 'aa',
});
const signed = (signer: UserId): ApprovalEvent => ({
  type: 'ApprovalSigned',
  data: { ...about, decision: 'approve', step: 0, roles: ['reviewer'], signature: signature(signer) },
});
const asking = (id: UserId, inNeed: readonly Role[] = []) => ({
  signer: { id, kind: 'person' as const, roles: ['reviewer' as Role], inNeed },
  decision: 'approve' as const,
  meaning: 'approved' as const,
  digest,
  now,
});
const sign = (id: UserId): ApprovalCommand => ({ type: 'sign', ...asking(id), signature: signature(id) });
const refresh = (found: Partial<Found>): ApprovalCommand => ({
  type: 'refresh',
  dossier,
  rules: two,
  inactive: [],
  ...found,
});
const changed = (rules: ApprovalRules): ApprovalEvent => ({ type: 'ApprovalRulesChanged', data: { ...about, rules } });
const suspended = (...inactive: UserId[]): ApprovalEvent => ({
  type: 'ApprovalSignersChanged',
  data: { ...about, inactive },
});
const granted: ApprovalEvent = { type: 'ApprovalGranted', data: { ...about, digest } };
const after = (...events: ApprovalEvent[]) => [requested, ...events].reduce(evolve, noApproval) as Approval;

describe('what was signed', () => {
  it('grants a request once it is enough by rules that have changed, with what changed them', () => {
    const one = needs(1);
    given(requested, signed(rex))
      .when(refresh({ rules: one }))
      .then(changed(one), granted);
    given(requested, signed(rex), changed(one), granted)
      .when(refresh({ rules: one }))
      .thenNothing();
    given(requested)
      .when(refresh({ rules: one }))
      .then(changed(one));
  });

  it('grants what was noted before it was enough for a grant', () => {
    given(requested, signed(rex), changed(needs(1)))
      .when(refresh({ rules: needs(1) }))
      .then(granted);
  });

  it('grants nothing by rules that ask for nobody, nor by a dossier that nobody has seen', () => {
    const nobody = needs(1, { steps: [] });
    given(requested, signed(rex))
      .when(refresh({ rules: nobody }))
      .then(changed(nobody));
    const newer = dossierOf({ version: 3, f1: 1 });
    given(requested, signed(rex))
      .when(refresh({ rules: needs(1), dossier: newer }))
      .then(
        { type: 'ApprovalDossierRenewed', data: { ...about, dossier: newer, previousDigest: digest } },
        changed(needs(1)),
      );
  });

  it('does not count any more for whom the rules exclude by now, who is not needed for the grant either', () => {
    const rules = needs(2, withoutTom);
    given(requested, signed(tom), changed(rules)).when(sign(rex)).then(signed(rex));
    given(requested, signed(tom), signed(rex), changed(rules)).when(sign(ria)).then(signed(ria), granted);
    const approval = after(signed(tom), signed(rex), changed(rules));
    expect(approvalsOf(approval).map(({ signer }) => signer)).toEqual([rex]);
    const fewer = needs(1, withoutTom);
    given(requested, signed(tom))
      .when(refresh({ rules: fewer }))
      .then(changed(fewer));
  });

  it('does not count while the account of its signer is not active', () => {
    given(requested, signed(rex))
      .when(refresh({ inactive: [rex] }))
      .then(suspended(rex));
    given(requested, signed(rex), suspended(rex))
      .when(refresh({ inactive: [rex] }))
      .thenNothing();
    given(requested, signed(rex), suspended(rex)).when(sign(ria)).then(signed(ria));
    given(requested, signed(rex), suspended(rex), signed(ria)).when(sign(tom)).then(signed(tom), granted);
    given(requested, signed(rex), suspended(rex), signed(ria))
      .when(refresh({ inactive: [] }))
      .then(suspended(), granted);
  });

  it('is known again when the same is sent once more, and is another decision where anything differs', () => {
    const approval = after(signed(rex));
    const same = { ...asking(rex), reason: 'checked' };
    expect(signedBefore(same, approval)).toMatchObject({ signatureId: 'sg-u-rex' });
    const others = [
      { ...same, reason: 'looked again' },
      { ...same, meaning: 'reviewed' as const },
      { ...same, decision: 'reject' as const },
      { ...same, digest: 'ff' },
      { ...same, signer: asking(ria).signer },
    ];
    for (const other of others) expect(signedBefore(other, approval)).toBeUndefined();
  });
});

describe('nobody decides', () => {
  it('with a role that they took in need, and is told so', () => {
    const refused = mayNotDecide(asking(rex, ['reviewer']), after());
    expect(refused?.refusal).toMatchObject({ code: 'role-taken-in-need', kind: 'denied' });
    expect(mayNotDecide(asking(rex, ['admin']), after())).toBeUndefined();
  });

  it('about what has all its approvals by now, in a sentence that says so', () => {
    const refused = mayNotDecide(asking(ria), after(signed(rex), changed(needs(1))));
    expect(refused?.refusal).toMatchObject({ code: 'approvals-complete', kind: 'conflict' });
    expect(refused?.refusal.message).toBe('request 7 has all the approvals that it takes by now');
  });

  it.each(['authored', 'rejected'] as const)('for another’s work with the meaning %s', (meaning) => {
    const refused = mayNotDecide({ ...asking(rex), meaning }, after());
    expect(refused?.refusal).toMatchObject({ code: 'meaning-does-not-fit', kind: 'invalid', field: 'meaning' });
    expect(refused?.refusal.message).toMatch(/^meaning is approved or reviewed where the decision is 'approve'/);
  });
});
