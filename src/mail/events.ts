import { DomainEvent, EventDefinition, JsonObject, UserId } from '../core/index.js';
import { Topic } from './topics.js';

/** What it was about: the event's id and type. No address is ever in an event: `to` is a pseudonym. */
interface OfMail {
  readonly eventId: string;
  readonly eventType: string;
  readonly at: number;
}
interface ToOne extends OfMail {
  readonly topic: Topic;
  readonly to: UserId;
  readonly attempts: number;
}

export type MailEvent =
  | DomainEvent<'MailSent', ToOne>
  | DomainEvent<'MailFailed', ToOne & { readonly reason: string }>
  /** Nobody was written to: the server could not, or its turn came too late. */
  | DomainEvent<'MailParked', OfMail & { readonly reason: string }>
  /** What was given up is sent again. */
  | DomainEvent<'MailReplayed', { readonly at: number }>
  | DomainEvent<'MailWishesChanged', { readonly userId: UserId; readonly declined: readonly Topic[] }>;

export const mailStream = (eventId: string): string => `mail-${eventId}`;
export const REPLAYS = 'mail-replays';
export const wishesStream = (userId: UserId): string => `mail-wishes-${userId}`;

const userId = 'u-01890a5d-ac96-774b-bcce-b302099a8057';
const of = { eventId: '0192f0a8-d1c2-7b3f-8a4d-6e5f7a8b9c0d', eventType: 'ApprovalRequested', at: 1767603600000 };
const toOne = { ...of, topic: 'requests', to: userId, attempts: 1 };

const define = (
  type: MailEvent['type'],
  summary: string,
  sample: JsonObject,
  more: Partial<EventDefinition> = {},
): EventDefinition => ({
  type,
  summary,
  stream: 'mail-<event id>',
  resource: ({ eventId, to }) => ({
    kind: 'mail',
    id: eventId as string,
    ...(typeof to === 'string' ? { parents: [{ kind: 'user', id: to }] } : {}),
  }),
  samples: [sample],
  ...more,
});

export const mailEvents: readonly EventDefinition[] = [
  define('MailSent', 'The mail server took a message to somebody.', toOne),
  define(
    'MailFailed',
    'The mail server did not take a message to somebody, after all attempts. It can be replayed.',
    { ...toOne, attempts: 5, reason: 'the mail server answered 451' },
    { outcome: 'failed' },
  ),
  define(
    'MailParked',
    'Nobody was written to of something: the server could not, or its turn came too late. It can be replayed.',
    { ...of, reason: 'it waited for more than 48 hours' },
    { outcome: 'failed' },
  ),
  define(
    'MailReplayed',
    'What could not be sent is sent again.',
    { at: of.at },
    {
      stream: REPLAYS,
      resource: () => ({ kind: 'mail', id: 'all' }),
    },
  ),
  define(
    'MailWishesChanged',
    'Somebody said which mail they do not want.',
    { userId, declined: ['alerts'] },
    {
      stream: 'mail-wishes-<user id>',
      resource: ({ userId: id }) => ({ kind: 'user', id: id as string }),
    },
  ),
];
