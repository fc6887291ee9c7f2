import { Sealed } from '../../core/index.js';

/** What an event may hold of one list: the rest of its data fits below the ledger's limit of 900 KiB. */
export const EVENT_BYTES = 880_000;

interface Item {
  readonly key: string;
  readonly value: string | number | Sealed;
  readonly modelId?: string;
  readonly datasetName?: string;
  readonly datasetDigest?: string;
}

/** Bytes as JSON; exact only where an upper bound does not settle that they stay within the limit. */
export function bytesOf(items: readonly Item[], limit: number): number {
  const bound = items.reduce((sum, item) => sum + boundOf(item), 0);
  return bound <= limit ? bound : items.reduce((sum, item) => sum + exactly(item), 0);
}

/** Parts that each fit into one event; a usual batch is one part, and is not even looked at closely. */
export function inEvents<T extends Item>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length === 0) return [];
  if (bytesOf(items, EVENT_BYTES) <= EVENT_BYTES) return [items];
  return packed(items);
}

/** In order, as many together as one event holds. Each by itself must fit. */
export function packed<T>(items: readonly T[]): readonly (readonly T[])[] {
  const parts: T[][] = [];
  let room = 0;
  for (const item of items) {
    const bytes = exactly(item);
    if (parts.length === 0 || bytes > room) {
      parts.push([]);
      room = EVENT_BYTES;
    }
    parts.at(-1)!.push(item);
    room -= bytes;
  }
  return parts;
}

export const exactly = (item: unknown): number => Buffer.byteLength(JSON.stringify(item)) + 1;

/** A UTF-16 unit takes at most 6 bytes in JSON (a control character, escaped); a metric's numbers at most 60. */
function boundOf({ key, value, modelId, datasetName = '', datasetDigest = '' }: Item): number {
  const model = modelId === undefined ? 0 : modelId.length + datasetName.length + datasetDigest.length + 60;
  const text =
    typeof value === 'string' ? value.length : typeof value === 'number' ? 0 : value.box.length + value.subject.length;
  return 6 * (key.length + text + model) + 120;
}
