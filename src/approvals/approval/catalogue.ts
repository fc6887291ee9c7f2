import { EventDefinition, JsonObject } from '../../core/index.js';
import { ApprovalEvent } from './events.js';

const approvalId = 'ap-01890a5d-ac96-774b-bcce-b302099a8057';
const modelId = '0192f0a8c4b77a1e9d3c5b6a7f8e9d0c';
const subject = { kind: 'model-version', id: `${modelId}/3` };
const about = { approvalId, number: 7, kind: 'model-version', subject };
const requester = 'u-01890a5d-ac96-774b-bcce-b302099a8051';
const signer = 'u-01890a5d-ac96-774b-bcce-b302099a8052';
const digest = '7a1c3c56b2b77d3d0f6d7b1b5b8f8a3f9f3d8c9f1f0a8d54e8e1f1a5c0c1d2e3';
const dossier = { content: { model: { name: 'lims_contamination_detector' }, version: { number: 3 } }, digest };
const rules = {
  order: 'parallel',
  steps: [{ role: 'reviewer', approvals: 2 }],
  expiresAfterHours: 720,
  excluded: [{ userId: 'u-01890a5d-ac96-774b-bcce-b302099a8053', why: 'trained the run' }],
  policy: { name: 'production', version: 2, digest },
};
const signature = {
  signatureId: 'sg-01890a5d-ac96-774b-bcce-b302099a8060',
  signer,
  printedName: { subject: signer, box: 'v1.9mHq3l8c2p1u5a7x.Zm9vYmFyYmF6' },
  meaning: 'approved',
  reason: 'metrics and data checked',
  subject: { kind: 'approval', id: approvalId },
  digest,
  signedAt: 1767607200000000,
  components: ['password', 'code'],
  statementDigest: digest,
};

const event = (type: ApprovalEvent['type'], summary: string, sample: JsonObject = {}): EventDefinition => ({
  type,
  summary,
  stream: 'approval-<approval id>',
  resource: (data) => approvalResource(data as unknown as Parameters<typeof approvalResource>[0]),
  samples: [{ ...about, ...sample }],
});

/** In the trail, a request is found by what it is about, too. */
export const approvalResource = (data: {
  readonly approvalId: string;
  readonly number: number;
  readonly subject: { readonly kind: string; readonly id: string };
}) => ({
  kind: 'approval',
  id: data.approvalId,
  name: `request ${data.number}`,
  parents: [{ kind: data.subject.kind, id: data.subject.id }],
});

export const approvalEvents: readonly EventDefinition[] = [
  event('ApprovalRequested', 'Somebody asked for the approval of something, with all that an approver is shown.', {
    title: 'lims_contamination_detector version 3 to Production',
    action: { type: 'stage', name: 'lims_contamination_detector', version: 3, stage: 'Production' },
    requester,
    dossier,
    rules,
    expiresAt: 1770199200000000,
    comment: 'better recall on the March samples',
  }),
  event('ApprovalCommented', 'Somebody said something about a request.', { comment: 'which snapshot was it?' }),
  event(
    'ApprovalDossierRenewed',
    'What a request is about has changed: approvals that were given on the older dossier do not count any more.',
    { dossier, previousDigest: digest },
  ),
  event('ApprovalRulesChanged', 'Who has to approve a request has changed, because a policy did.', { rules }),
  event('ApprovalSigned', 'Somebody signed their decision about exactly the dossier with this digest.', {
    decision: 'approve',
    step: 0,
    roles: ['reviewer'],
    signature,
  }),
  event(
    'ApprovalSignersChanged',
    'Of those who signed, whose accounts are not active by now: their approvals do not count as long as that is so.',
    { inactive: [signer] },
  ),
  event('ApprovalGranted', 'The last approval that was needed came in, or what came in is enough by now.', { digest }),
  event('ApprovalRejected', 'Somebody who was asked said no.', { digest }),
  event('ApprovalWithdrawn', 'Whoever made a request took it back.'),
  event('ApprovalExpired', 'A request had not got its approvals in time.', { expiredAt: 1770199200000000 }),
  event('ApprovalCarriedOut', 'What was approved was done.', { result: { stage: 'Production', archived: [2] } }),
  event('ApprovalVoided', 'A request came to nothing: what it was about is gone, or can not be done any more.', {
    code: 'version-not-found',
    why: 'Model Version (name=lims_contamination_detector, version=3) not found',
  }),
];
