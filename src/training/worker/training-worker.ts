import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { never } from '../../core/index.js';
import { Consumer, Delivery, type Ledger, LEDGER, LedgerUnavailable } from '../../ledger/index.js';
import { CALLS_FOR_WORK } from '../job/events.js';
import { classify, UNEXPECTED } from './failure.js';
import { insist } from './insist.js';
import { AfterRun, JobRunner } from './job-runner.js';
import { type ResolvedOptions, TRAINING_WORKER } from './options.js';
import { Shift } from './shift.js';

export const TRAINING_GROUP = 'training-workers';

/** A job's own events count its failures and park it; the group must never give up before they do. */
const GROUP_RETRIES = 10_000;
/** A dead worker's deliveries come back within seconds anyway; this is for one that hangs, not for one that is slow. */
const ACK_TIMEOUT_MS = 24 * 60 * 60 * 1000;

/** Takes training jobs from the log, any number of workers on any number of machines side by side. */
@Injectable()
export class TrainingWorker {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly jobs: JobRunner,
    @Inject(TRAINING_WORKER) private readonly options: ResolvedOptions,
  ) {}

  get concurrency(): number {
    return this.options.concurrency;
  }

  /**
   * Works until the signal aborts, then finishes or hands back what is under way within a bound. Rejects
   * when the log is corrupted or holds what this version does not understand.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { log, worker, stopMs, backoffMs } = this.options;
    const shift = new Shift(signal);
    log.info({ worker, concurrency: this.concurrency }, 'waiting for training jobs');
    for (let losses = 0; !shift.ending.aborted; losses++) {
      try {
        const consumer = await this.ledger.consume(TRAINING_GROUP, this.consumption);
        losses = 0;
        try {
          await this.consume(consumer, shift);
        } finally {
          if (shift.ending.aborted) await shift.end(stopMs);
          // Whatever was not acknowledged goes back to the group.
          await shift.within(consumer.close());
        }
      } catch (error) {
        const { kind, code, reason } = classify(error);
        if (kind === 'fatal' || code === UNEXPECTED) shift.fail(error);
        else log.warn({ worker, code }, `waiting for the log: ${reason}`);
        await sleep(backoffMs(losses), undefined, { signal: shift.ending }).catch(() => undefined);
      }
    }
    log.info({ worker }, 'stopped');
    shift.rethrow();
  }

  private get consumption() {
    const { concurrency } = this;
    return { types: CALLS_FOR_WORK, maxRetries: GROUP_RETRIES, ackTimeoutMs: ACK_TIMEOUT_MS, inFlight: concurrency };
  }

  /** Until the shift ends; rejects when the log is lost, but not before the jobs under way are through. */
  private async consume(consumer: Consumer, shift: Shift): Promise<void> {
    const deliveries = consumer[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await shift.unlessEnding(deliveries.next());
        if (next === undefined) return;
        if (next.done) throw new LedgerUnavailable('the log delivers no more jobs', 'closed');
        shift.take(this.handle(next.value, shift));
      }
    } finally {
      await shift.unlessEnding(shift.idle());
    }
  }

  private async handle(delivery: Delivery, shift: Shift): Promise<void> {
    const { log } = this.options;
    const { id, stream } = delivery.event;
    try {
      const after = await this.jobs.run(delivery.event, shift.halt);
      await this.answer(delivery, after, shift);
    } catch (error) {
      if (shift.halt.aborted) return;
      if (classify(error).kind === 'fatal') return shift.fail(error);
      // Whatever it is, others must go on: the delivery is set aside, where `parked` shows it.
      log.error({ eventId: id, stream, err: error }, 'a training job could not be taken up');
      await delivery.nack('park', classify(error).reason).catch((lost: unknown) => {
        log.error({ eventId: id, stream, err: lost }, 'and its delivery could not be parked');
      });
    }
  }

  private async answer(delivery: Delivery, after: AfterRun, shift: Shift): Promise<void> {
    switch (after.kind) {
      case 'finished':
        return this.settle(delivery, () => delivery.ack(), shift);
      case 'parked':
        return this.settle(delivery, () => delivery.nack('park', 'the job is parked until somebody resumes it'), shift);
      case 'again': {
        const pause = this.options.backoffMs(Math.max(0, after.failures - 1));
        await sleep(pause, undefined, { signal: shift.ending }).catch(() => undefined);
        // At the end of the shift closing the consumer gives it back.
        if (shift.ending.aborted) return;
        return this.settle(delivery, () => delivery.nack('retry', after.reason), shift);
      }
      case 'handed-back':
        return;
      default:
        return never(after);
    }
  }

  /** An answer that gets lost does no harm: the job's own state says what is left to do when it comes again. */
  private async settle({ event: { id, stream } }: Delivery, answer: () => Promise<void>, shift: Shift): Promise<void> {
    const { backoffMs, log } = this.options;
    const lost = (details: object) =>
      log.warn({ eventId: id, stream, ...details }, 'a delivery could not be settled yet');
    await insist(answer, { signal: shift.halt, backoffMs, onRetry: ({ code }) => lost({ code }) }).catch(
      (error: unknown) => {
        if (classify(error).kind === 'fatal') throw error;
        lost({ err: error });
      },
    );
  }
}
