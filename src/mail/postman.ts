import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { derivedId, microsToMillis, RecordedEvent, systemContext, UserId } from '../core/index.js';
import { DecisionMaker, type Ledger, LEDGER } from '../ledger/index.js';
import { AddressBook } from './address-book.js';
import { MailEvent, mailStream, REPLAYS } from './events.js';
import { Asked, isOfApproval, Notice, noticeOf } from './notice.js';
import { type MailOptions, MAIL_OPTIONS } from './options.js';
import { Requests } from './requests.js';
import { Sent, Smtp } from './smtp.js';
import { MailWishes } from './wishes.js';

const HOUR_MICROS = 3_600_000_000;
const MANY = 1000;

/** Writes to everybody who is to know of an event, once each, and records what became of it. */
@Injectable()
export class Postman {
  constructor(
    private readonly addresses: AddressBook,
    private readonly requests: Requests,
    private readonly wishes: MailWishes,
    private readonly smtp: Smtp,
    private readonly decisions: DecisionMaker,
    @Inject(LEDGER) private readonly ledger: Ledger,
    @Inject(MAIL_OPTIONS) private readonly options: MailOptions,
  ) {}

  /**
   * Nothing more is recorded when the signal aborts: what is not sent then comes again.
   * @returns why somebody could not be written to, if so
   */
  async tell(event: RecordedEvent, signal: AbortSignal): Promise<string | undefined> {
    const notice = noticeOf(event, await this.asked(event));
    if (!notice) return undefined;
    const { maxAgeHours, clock } = this.options;
    if (clock.now() - event.recordedAt > maxAgeHours * HOUR_MICROS && (await this.told(event)).length === 0) {
      const reason = `it waited for more than ${maxAgeHours} hours`;
      await this.park(event, reason);
      return reason;
    }
    const [latest] = await this.ledger.read(REPLAYS, { direction: 'backwards', limit: 1 });
    const round = { replay: (latest?.revision ?? -1) + 1, signal };
    let left = await this.recipients(event, notice);
    for (let attempt = 1; left.length > 0; attempt++) {
      left = await this.round(event, notice, { ...round, to: left, attempt });
      if (left.length > 0) await sleep(this.options.backoffMs(attempt), undefined, { signal, ref: false });
    }
    return (await this.failed(event)) ? 'the mail server did not take it for somebody' : undefined;
  }

  /** What this server could not do, whatever the mail server would have said. */
  async park(event: RecordedEvent, reason: string): Promise<void> {
    const data = { ...this.about(event), reason };
    await this.record(event, { type: 'MailParked', data }, `parked/${event.id}`);
  }

  private async asked(event: RecordedEvent): Promise<Asked | undefined> {
    if (!isOfApproval(event)) return undefined;
    const [first] = await this.ledger.read(event.stream, { limit: 1 });
    if (!first) return undefined;
    const { approvalId } = first.data as { readonly approvalId: string };
    const [now, before] = await Promise.all(
      [event.revision, event.revision - 1].map((revision) => this.requests.turnAt(approvalId, revision)),
    );
    return { first, now: now!, before: before! };
  }

  /** Who wants it, has an address, and was not written to of it yet. */
  private async recipients(event: RecordedEvent, { to, not, topic }: Notice): Promise<readonly UserId[]> {
    const now = this.options.clock.now();
    const asked = 'user' in to ? [to.user] : await this.addresses.holdersOf(to.roles, now, to.about);
    const told = new Set(
      (await this.told(event)).filter(({ type }) => type === 'MailSent').map(({ data }) => data['to']),
    );
    const left = asked.filter((userId) => !not.includes(userId) && !told.has(userId));
    const written: UserId[] = [];
    for (const userId of left) {
      if ((await this.wishes.declinedBy(userId)).includes(topic)) continue;
      if ((await this.addresses.addressOf(userId)) !== undefined) written.push(userId);
    }
    return written;
  }

  /** One attempt for each; answers for whom there is another one. */
  private async round(
    event: RecordedEvent,
    notice: Notice,
    round: {
      readonly to: readonly UserId[];
      readonly attempt: number;
      readonly replay: number;
      readonly signal: AbortSignal;
    },
  ): Promise<readonly UserId[]> {
    const again: UserId[] = [];
    for (const to of round.to) {
      round.signal.throwIfAborted();
      const { reason, passing } = await this.send(event, notice, to);
      if (reason !== undefined && passing && round.attempt <= this.options.retries) {
        again.push(to);
        continue;
      }
      const data = { ...this.about(event), topic: notice.topic, to, attempts: round.attempt };
      const mail: MailEvent =
        reason === undefined ? { type: 'MailSent', data } : { type: 'MailFailed', data: { ...data, reason } };
      await this.record(event, mail, `${mail.type}/${event.id}/${to}/${round.replay}`);
    }
    return again;
  }

  /** The address is opened here, and forgotten with the letter. */
  private async send(event: RecordedEvent, { subject, text }: Notice, to: UserId): Promise<Sent> {
    const address = await this.addresses.addressOf(to);
    if (address === undefined) return { passing: false, reason: 'there is no address any more' };
    return this.smtp.send({ id: derivedId('mail', event.id, to), to: address, subject, text });
  }

  private async failed(event: RecordedEvent): Promise<boolean> {
    const last = new Map((await this.told(event)).map(({ type, data }) => [data['to'], type]));
    return [...last.values()].includes('MailFailed');
  }

  private told(event: RecordedEvent): Promise<readonly RecordedEvent[]> {
    return this.ledger.read(mailStream(event.id), { limit: MANY });
  }

  private about({ id, type }: RecordedEvent) {
    return { eventId: id, eventType: type, at: microsToMillis(this.options.clock.now()) };
  }

  private async record({ id, correlationId }: RecordedEvent, mail: MailEvent, key: string): Promise<void> {
    const more = { correlationId, causationId: id, idempotencyKey: `mail/${key}` };
    const context = systemContext(this.options.clock.now(), 'wrote to somebody', more);
    await this.decisions.record(mailStream(id), [mail], context);
  }
}
