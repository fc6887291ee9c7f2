import { ConsumeOptions } from '../port/index.js';

/** The port's defaults, for adapters that keep the state of groups themselves. */
export const withDefaults = (options: ConsumeOptions): Required<ConsumeOptions> => ({
  types: options.types,
  startFrom: options.startFrom ?? 'start',
  maxRetries: options.maxRetries ?? 10,
  ackTimeoutMs: options.ackTimeoutMs ?? 30 * 60_000,
  inFlight: options.inFlight ?? 1,
  ordered: options.ordered ?? false,
});
