import { Consumer, Delivery } from '../port/index.js';

/** One consumer's view of the state of its group. */
export interface DeliverySource {
  /** The next delivery for this consumer, which now holds it; `undefined` when there is none or it holds its fill. */
  take(): Delivery | undefined;
  /** Resolves when `take` may have something, or the signal aborts. */
  changed(signal: AbortSignal): Promise<void>;
  /** Gives back what this consumer holds. */
  release(): void;
}

/** Iteration over a source until the consumer, or its whole ledger, is closed. */
export function deliver(source: DeliverySource, ledgerClosed: AbortSignal): Consumer {
  const closing = new AbortController();
  const signal = AbortSignal.any([ledgerClosed, closing.signal]);
  return {
    [Symbol.asyncIterator]: () => deliveries(source, signal),
    close: async () => {
      if (signal.aborted) return;
      closing.abort();
      source.release();
    },
  };
}

async function* deliveries(source: DeliverySource, signal: AbortSignal): AsyncGenerator<Delivery, void, undefined> {
  while (!signal.aborted) {
    const delivery = source.take();
    if (delivery) yield delivery;
    else await source.changed(signal);
  }
}
