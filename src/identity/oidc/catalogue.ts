import { EventDefinition } from '../../core/index.js';
import { userResource as user } from '../user/resource.js';
import { IDENTITY_DIRECTORY } from './events.js';

const userId = 'u-01890a5d-ac96-774b-bcce-b302099a8057';
const digest = 'q3Vb8pYk0mTn2v3rJ5m8n0c3b1q7x6l4k9j2h8g5fA';
const identity = { subject: userId, box: 'v1.AAECAwQFBgcICQoL.q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQ' };

/** Frozen samples: the shape of what is in people's logs. A change needs a new schema version and an upcast. */
export const linkEvents: readonly EventDefinition[] = [
  {
    type: 'IdentityLinked',
    summary: 'A subject of the OpenID provider acts as this account from now on; who it is there is sealed.',
    stream: IDENTITY_DIRECTORY,
    resource: user,
    samples: [{ digest, userId, identity, rolesFollow: true, claimsOf: 1767603600000000 }],
  },
  {
    type: 'IdentityUnlinked',
    summary: 'A subject of the OpenID provider acts as this account no more.',
    stream: IDENTITY_DIRECTORY,
    resource: user,
    samples: [{ digest, userId }],
  },
  {
    type: 'IdentityClaimsFollowed',
    summary: 'Claims of the OpenID provider changed what an account may do; older claims do so no more.',
    stream: IDENTITY_DIRECTORY,
    resource: user,
    samples: [{ digest, userId, claimsOf: 1767607200000000 }],
  },
];
