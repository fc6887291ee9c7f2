import type { LogRecord } from './log-record.js';

export interface EventFilter {
  readonly matches: (record: LogRecord) => boolean;
  /** A subscription reports where it is after this many events looked at. */
  readonly checkpointEvery: number;
}

interface FilterExpression {
  getRegex(): string;
  getPrefixList(): string[];
}

interface FilterOptions {
  hasEventType(): boolean;
  getEventType(): FilterExpression | undefined;
  getStreamIdentifier(): FilterExpression | undefined;
  hasMax(): boolean;
  getMax(): number;
  getCheckpointintervalmultiplier(): number;
}

const DEFAULT_WINDOW = 32;

export function filterOf(options: FilterOptions | undefined): EventFilter | undefined {
  if (!options) return undefined;
  const onType = options.hasEventType();
  const expression = onType ? options.getEventType() : options.getStreamIdentifier();
  const regex = expression?.getRegex() ? new RegExp(expression.getRegex(), 'u') : undefined;
  const prefixes = expression?.getPrefixList() ?? [];
  const test = (text: string): boolean => regex?.test(text) ?? prefixes.some((prefix) => text.startsWith(prefix));
  return {
    matches: (record) => test(onType ? record.type : record.stream),
    checkpointEvery: (options.hasMax() ? options.getMax() : DEFAULT_WINDOW) * options.getCheckpointintervalmultiplier(),
  };
}
