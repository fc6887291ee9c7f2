import { EventDefinition, JsonObject } from '../../core/index.js';
import { userResource as user } from './resource.js';

const STREAM = 'user-<user id>';
const userId = 'u-01890a5d-ac96-774b-bcce-b302099a8057';
const tokenId = 't-01890a5d-ac96-774b-bcce-b302099a8058';
const sealed = { subject: userId, box: 'v1.AAECAwQFBgcICQoL.q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQ' };

const token = (data: JsonObject) => ({ kind: 'token', id: data['tokenId'] as string, parents: [user(data)] });

/** Frozen samples: the shape of what is in people's logs. A change needs a new schema version and an upcast. */
export const userEvents: readonly EventDefinition[] = [
  {
    type: 'UserCreated',
    summary: 'An account was created for a person or a service.',
    stream: STREAM,
    resource: user,
    samples: [
      {
        userId,
        kind: 'person',
        login: sealed,
        displayName: sealed,
        email: sealed,
        roles: ['analyst'],
        awaitsVerification: true,
      },
      {
        userId,
        kind: 'person',
        login: sealed,
        displayName: sealed,
        roles: [],
        awaitsVerification: true,
        byDirectory: true,
      },
    ],
    // Whether the lab's directory made it, data of before does not tell: no subject is linked to it without somebody.
    upcasts: [(data) => data],
  },
  {
    type: 'IdentityVerified',
    summary: 'Somebody recorded how the identity of an account’s person was verified.',
    stream: STREAM,
    resource: user,
    samples: [{ userId, how: sealed, by: 'u-01890a5d-ac96-774b-bcce-b302099a8062' }],
  },
  {
    type: 'UserEnabled',
    summary:
      'A disabled account was opened again, without its tokens and password; its person has to be identified anew.',
    stream: STREAM,
    resource: user,
    samples: [{ userId }],
  },
  {
    type: 'ProfileChanged',
    summary: 'The lab’s directory changed the name, mail addresses or other details of a person.',
    stream: STREAM,
    resource: user,
    samples: [{ userId, displayName: sealed, email: sealed, details: sealed }],
  },
  {
    type: 'RolesChanged',
    summary: 'The roles of an account were changed.',
    stream: STREAM,
    resource: user,
    samples: [{ userId, from: ['analyst'], to: ['analyst', 'reviewer'] }],
  },
  {
    type: 'RoleGranted',
    summary: 'An account was given a role for some experiments or models, or until a time.',
    stream: STREAM,
    resource: user,
    samples: [
      {
        userId,
        grantId: 'g-01890a5d-ac96-774b-bcce-b302099a8061',
        role: 'analyst',
        scope: { kind: 'experiments', pattern: 'LIMS*' },
        expiresAt: 1767603600000000,
      },
      {
        userId,
        grantId: 'g-01890a5d-ac96-774b-bcce-b302099a8061',
        role: 'analyst',
        scope: { kind: 'model', id: '5f0c1d8a7e3b4c2f9a6d1e0b3c4f5a69' },
        level: 'EDIT',
      },
    ],
    // Since then also for one experiment or model, whatever its name; what there was means what it meant.
    upcasts: [(data) => data],
  },
  {
    type: 'RoleGrantRevoked',
    summary: 'A role that an account had for some experiments or models, or until a time, was taken back.',
    stream: STREAM,
    resource: user,
    samples: [
      {
        userId,
        grantId: 'g-01890a5d-ac96-774b-bcce-b302099a8061',
        role: 'analyst',
        scope: { kind: 'experiments', pattern: 'LIMS*' },
      },
      {
        userId,
        grantId: 'g-01890a5d-ac96-774b-bcce-b302099a8061',
        role: 'analyst',
        scope: { kind: 'experiment', id: '7' },
      },
    ],
    upcasts: [(data) => data],
  },
  {
    type: 'PasswordSet',
    summary: 'A password was set; the log holds the id of its verifier, never a hash.',
    stream: STREAM,
    resource: user,
    samples: [
      {
        userId,
        version: 2,
        verifierId: 'pw-01890a5d-ac96-774b-bcce-b302099a8059',
        replaces: 'pw-01890a5d-ac96-774b-bcce-b302099a8060',
      },
      { userId, version: 2, verifierId: 'pw-01890a5d-ac96-774b-bcce-b302099a8059', setAt: 1767603600000000 },
    ],
    // When it was set is not known of an older one.
    upcasts: [(data) => data],
  },
  {
    type: 'PasswordChangeRequired',
    summary: 'The present password became good for one thing only: setting another.',
    stream: STREAM,
    resource: user,
    samples: [{ userId, why: 'one-time-password' }],
  },
  {
    type: 'SignInLocked',
    summary: 'Passwords of an account were refused for a while, because wrong ones were given again and again.',
    stream: STREAM,
    resource: user,
    outcome: 'failed',
    samples: [{ userId, failures: 5, until: 1767603660000000, level: 1 }],
  },
  {
    type: 'SignInUnlocked',
    summary: 'An administrator ended the lock of an account before its time.',
    stream: STREAM,
    resource: user,
    samples: [{ userId }],
  },
  {
    type: 'UserDisabled',
    summary:
      'An account was disabled, its password and tokens with it; only where the lab’s directory did so can it let the person come back.',
    stream: STREAM,
    resource: user,
    samples: [{ userId }, { userId, byDirectory: true }],
    // Who did it, data of before does not tell: nobody comes back by the directory whom it may not have disabled.
    upcasts: [(data) => data],
  },
  {
    type: 'PersonErased',
    summary: 'A person was erased: the key of their personal data is destroyed, and only the pseudonym is left.',
    stream: STREAM,
    resource: user,
    samples: [{ userId, approvalId: 'ap-01890a5d-ac96-774b-bcce-b302099a8058' }],
  },
  {
    type: 'UserDeprovisioned',
    summary: 'The lab’s directory deleted a person; the account stays disabled, its id and login taken.',
    stream: STREAM,
    resource: user,
    samples: [{ userId }],
  },
  {
    type: 'TokenIssued',
    summary: 'An access token was issued; the log holds nothing of its secret.',
    stream: STREAM,
    resource: token,
    samples: [
      { userId, tokenId, label: sealed, expiresAt: 1767603600000000 },
      {
        userId,
        tokenId,
        label: sealed,
        expiresAt: 1767603600000000,
        limits: { actions: ['run:write', 'run:read'], experiments: ['LIMS*'] },
      },
    ],
    // One without limits may do what its owner may, as all of them could.
    upcasts: [(data) => data],
  },
  {
    type: 'TokenRotated',
    summary: 'An access token was given another secret; the one before it goes on for a while.',
    stream: STREAM,
    resource: token,
    samples: [
      {
        userId,
        tokenId,
        secretId: 'ts-01890a5d-ac96-774b-bcce-b302099a8062',
        formerUntil: 1767603600000000,
      },
    ],
  },
  {
    type: 'TokenRevoked',
    summary: 'An access token was revoked.',
    stream: STREAM,
    resource: token,
    samples: [{ userId, tokenId }],
  },
];
