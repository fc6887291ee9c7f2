import { EventDefinition } from '../../core/index.js';
import { userResource as user } from '../user/resource.js';

const STREAM = 'user-<user id>';
const userId = 'u-01890a5d-ac96-774b-bcce-b302099a8057';
const factorId = 'f-01890a5d-ac96-774b-bcce-b302099a8063';

export const secondFactorEvents: readonly EventDefinition[] = [
  {
    type: 'SecondFactorOffered',
    summary: 'Someone was shown a secret for one-time codes; it counts only once a code confirms it.',
    stream: STREAM,
    resource: user,
    samples: [{ userId, factorId }],
  },
  {
    type: 'SecondFactorEnrolled',
    summary: 'An account got a second factor: its password needs a one-time code from now on.',
    stream: STREAM,
    resource: user,
    samples: [{ userId, factorId, recoveryCodes: 10 }],
  },
  {
    type: 'RecoveryCodeUsed',
    summary: 'A recovery code was used in place of a one-time code, and is good for nothing any more.',
    stream: STREAM,
    resource: user,
    samples: [{ userId, factorId, left: 9 }],
  },
  {
    type: 'SecondFactorRemoved',
    summary: 'The second factor of an account was removed by its owner, or reset by an administrator.',
    stream: STREAM,
    resource: user,
    samples: [{ userId, factorId, why: 'reset', by: 'u-01890a5d-ac96-774b-bcce-b302099a8062' }],
  },
];
