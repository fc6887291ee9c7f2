import { DomainEvent, EventDefinition, JsonObject, Micros, ResourceRef, toIso, UserId } from '../../core/index.js';

/** One stream a day (UTC). */
export const alertsStream = (now: Micros): string => `alerts-${toIso(now).slice(0, 10)}`;

export const ALERTS = {
  'sign-in-locked': 'an account was locked after wrong passwords or one-time codes',
  'signing-failed': 'somebody tried to sign with what is not right',
  'unknown-login-guessed': 'passwords were guessed for a login that no account has',
  'repeated-denials': 'an account was refused again and again within a minute',
  'administrator-new-address': 'an administrator signed in from an address that they never used before',
  'break-glass': 'somebody took rights in an emergency',
  'credentials-reset':
    'an administrator reset the password or second factor of somebody, who may be asked whether they wanted it',
  'administrator-made': 'somebody was made an administrator',
  'clock-jumped': 'the clock of a server jumped',
} as const;

export type AlertKind = keyof typeof ALERTS;

/** Something that somebody should look at now. The client it came from is the event's origin. */
export type AlertRaised = DomainEvent<
  'AlertRaised',
  {
    readonly alert: AlertKind;
    /** Whose account it is about, where there is one. */
    readonly userId?: UserId;
    /** How often what it tells of had happened. */
    readonly count?: number;
  }
>;

const about = ({ userId }: JsonObject): ResourceRef =>
  typeof userId === 'string'
    ? { kind: 'alert', id: userId, parents: [{ kind: 'user', id: userId }] }
    : { kind: 'alert', id: 'unknown' };

export const alertsEvents: readonly EventDefinition[] = [
  {
    type: 'AlertRaised',
    summary: 'Something happened around sign-ins, rights or the clock that somebody should look at.',
    stream: 'alerts-<yyyy-mm-dd>` or `sign-in-addresses-<user id>` or `server-clock',
    resource: about,
    samples: [{ alert: 'repeated-denials', userId: 'u-01890a5d-ac96-774b-bcce-b302099a8057', count: 20 }],
  },
];
