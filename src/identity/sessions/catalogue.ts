import { EventDefinition, JsonObject } from '../../core/index.js';

const STREAM = 'user-<user id>';
const userId = 'u-01890a5d-ac96-774b-bcce-b302099a8057';
const sessionId = 's-01890a5d-ac96-774b-bcce-b302099a8062';

const session = (data: JsonObject) => ({
  kind: 'session',
  id: data['sessionId'] as string,
  parents: [{ kind: 'user', id: data['userId'] as string }],
});

export const sessionEvents: readonly EventDefinition[] = [
  {
    type: 'SessionStarted',
    summary: 'Someone signed in with a browser and got a session; the log holds nothing of its secret.',
    stream: STREAM,
    resource: session,
    samples: [
      {
        userId,
        sessionId,
        how: 'password',
        startedAt: 1767603600000000,
        expiresAt: 1767646800000000,
        client: { subject: userId, box: 'v1.AAECAwQFBgcICQoL.q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQ' },
      },
    ],
  },
  {
    type: 'SessionEnded',
    summary:
      'A browser session ended: signed out, revoked, expired, displaced by newer ones, or with its password or account.',
    stream: STREAM,
    resource: session,
    samples: [{ userId, sessionId, why: 'signed-out' }],
  },
];
