import { EventDefinition, JsonObject, ResourceRef } from '../../core/index.js';
import { userResource } from '../user/resource.js';

const STREAM = 'user-<user id>';
const userId = 'u-01890a5d-ac96-774b-bcce-b302099a8057';
const signatureId = 'sg-01890a5d-ac96-774b-bcce-b302099a8071';
const subject = { kind: 'approval', id: 'ap-01890a5d-ac96-774b-bcce-b302099a8070' };
const digest = '5f9c4ab08cac7457e9111a30e4664920607ea2c115a1433d7be98e97e64244ca';
const at = 1767603600000000;

/** Also found by what it was to be put under. */
function aboutSignature(data: JsonObject): ResourceRef {
  const { signatureId: id, subject: under } = data as { signatureId?: string; subject?: ResourceRef };
  const parents = [userResource(data), ...(under === undefined ? [] : [{ kind: under.kind, id: under.id }])];
  return { kind: 'signature', id: id ?? under?.id ?? (data['userId'] as string), parents };
}

export const signingEvents: readonly EventDefinition[] = [
  {
    type: 'SignatureAccepted',
    summary: 'Someone accepted that their electronic signature binds like one by hand; until then they can’t sign.',
    stream: STREAM,
    resource: userResource,
    samples: [{ userId, version: 1, digest, acceptedAt: at, components: ['password', 'code'] }],
  },
  {
    type: 'SignatureMade',
    summary:
      'Someone showed anew who they are and signed; the record that the signature is for carries it from then on.',
    stream: STREAM,
    resource: aboutSignature,
    samples: [
      {
        userId,
        signatureId,
        meaning: 'approved',
        subject,
        digest,
        statementDigest: '0b2f5c3d1d6a4c0a3c3c1f4cf3f7a9b3a4a7a9a1b1b8a2f0d7bb1d2c3e4f5a6b',
        signedAt: at,
        components: ['password', 'code'],
      },
    ],
  },
  {
    type: 'SigningFailed',
    summary: 'A signature, or the acceptance of signatures, was refused: with what, and how often in a row.',
    stream: STREAM,
    resource: aboutSignature,
    outcome: 'denied',
    samples: [{ userId, why: 'wrong-password', meaning: 'approved', subject, digest, failedAt: at, failures: 1 }],
  },
  {
    type: 'SigningSuspended',
    summary: 'Someone let an identity at the provider act as an account, which signs nothing until another has looked.',
    stream: STREAM,
    resource: userResource,
    samples: [{ userId, why: 'identity-linked', by: 'u-01890a5d-ac96-774b-bcce-b302099a8059' }],
  },
];
