import { DomainEvent, EventDefinition, JsonObject, Micros, ResourceRef, UserId } from '../../core/index.js';
import { SignInFailure } from '../access/events.js';

/** Too many refusals to be told one by one. */
export type SignInsRefused = DomainEvent<
  'SignInsRefused',
  {
    /** Keyed digest, another each day: batches of one address belong together. Absent when there were too many addresses. */
    readonly address?: string;
    readonly count: number;
    readonly first: Micros;
    readonly last: Micros;
    readonly whys: { readonly [Why in SignInFailure]?: number };
    /** Accounts that were tried, as far as that is known, some of them at most. */
    readonly users?: readonly UserId[];
  }
>;

/** An account asked more than the server's rate limit allows, and was answered 429. */
export type RequestsLimited = DomainEvent<
  'RequestsLimited',
  {
    readonly userId: UserId;
    /** Requests that were refused. */
    readonly count: number;
    readonly first: Micros;
    readonly last: Micros;
    readonly perMinute: number;
  }
>;

const STREAM = 'access-<yyyy-mm-dd>';
const at = 1_767_603_600_000_000 as Micros;
const userId = 'u-01890a5d-ac96-774b-bcce-b302099a8057';

const account = ({ userId: id }: JsonObject): ResourceRef => ({
  kind: 'session',
  id: id as string,
  parents: [{ kind: 'user', id: id as string }],
});

export const strangersEvents: readonly EventDefinition[] = [
  {
    type: 'SignInsRefused',
    summary: 'One address was refused so often within a minute that its further refusals are counted together.',
    stream: STREAM,
    resource: () => ({ kind: 'session', id: 'unknown' }),
    outcome: 'failed',
    samples: [
      {
        address: 'b0pXx1v1yqk8l9bqPZk0xW3sY3o4mJm6s2QpXwKc1dE',
        count: 9_970,
        first: at,
        last: at + 40_000_000,
        whys: { throttled: 9_900, 'no-credentials': 70 },
        users: [userId],
      },
    ],
  },
  {
    type: 'RequestsLimited',
    summary: 'An account sent more requests within a minute than the server takes from one, and was answered 429.',
    stream: STREAM,
    resource: account,
    outcome: 'denied',
    samples: [{ userId, count: 120, first: at, last: at + 30_000_000, perMinute: 6_000 }],
  },
];
