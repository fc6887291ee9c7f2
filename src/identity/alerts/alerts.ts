import { Injectable, Logger } from '@nestjs/common';
import { CommandContext, errors } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { AlertRaised, ALERTS, alertsStream } from './events.js';

/** Tells those who watch the server: an event that stays, and a line in the server's own log, without secrets. */
@Injectable()
export class Alerts {
  private readonly logger = new Logger(Alerts.name);

  constructor(private readonly decisions: DecisionMaker) {}

  /** @param once what it is about, where several may come upon the same: it is one event then, whoever raises it */
  async raise(context: CommandContext, data: AlertRaised['data'], once?: string): Promise<void> {
    this.tell(context, data);
    // The request's own reason and key belong to what it asked for.
    const idempotencyKey = once === undefined ? undefined : `${data.alert}/${once}`;
    const own = { ...context, reason: undefined, idempotencyKey };
    try {
      await this.decisions.record(alertsStream(context.now), [{ type: 'AlertRaised', data }], own);
    } catch (cause) {
      const message = 'the audit trail can’t be written now, so nothing is answered; try again later';
      throw Object.assign(errors.unavailable('trail-unavailable', message), { cause });
    }
  }

  /** Only the line, for an alert that is recorded with what it is about. */
  tell({ origin: { requestId } }: CommandContext, data: AlertRaised['data']): void {
    this.logger.warn({ ...data, requestId }, `alert: ${ALERTS[data.alert]}`);
  }
}
