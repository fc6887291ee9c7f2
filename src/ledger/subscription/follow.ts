import { Position, RecordedEvent, START } from '../../core/index.js';
import { DEFAULT_PAGE, SubscribeOptions, SubscriptionMessage } from '../port/index.js';

/** A log that can be read at once and tells when it has grown. */
export interface Followable {
  readAfter(position: Position, limit: number): readonly RecordedEvent[];
  /** Resolves when the log may have grown since the last read of this tick, or the signal aborts. */
  changed(signal: AbortSignal): Promise<void>;
}

/** Catch-up and live are one loop: read what is there, say so when there is no more, wait, read again. */
export function follow(
  log: Followable,
  options: SubscribeOptions,
  closed: AbortSignal,
): AsyncIterable<SubscriptionMessage> & AsyncDisposable {
  const disposed = new AbortController();
  const signal = AbortSignal.any([closed, disposed.signal, ...(options.signal ? [options.signal] : [])]);
  return {
    [Symbol.asyncIterator]: () => messages(log, options.after ?? START, options.batch ?? DEFAULT_PAGE, signal),
    [Symbol.asyncDispose]: async () => disposed.abort(),
  };
}

async function* messages(
  log: Followable,
  after: Position,
  batch: number,
  signal: AbortSignal,
): AsyncGenerator<SubscriptionMessage, void, undefined> {
  let position = after;
  let caughtUp = false;
  while (!signal.aborted) {
    const events = log.readAfter(position, batch);
    if (events.length > 0) {
      position = events[events.length - 1]!.position;
      caughtUp = false;
      yield { kind: 'events', events };
    } else if (!caughtUp) {
      caughtUp = true;
      yield { kind: 'caught-up', position };
    } else {
      await log.changed(signal);
    }
  }
}
