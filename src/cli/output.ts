import { tableStyle } from './table-style.js';
import { textTable } from './text-table.js';

/** One object a line for machines, a table for people. */
export function printList<T>(
  items: readonly T[],
  {
    json,
    head,
    row,
    none,
  }: {
    readonly json: boolean;
    readonly head: readonly string[];
    readonly row: (item: T) => readonly string[];
    readonly none: string;
  },
): void {
  if (json) for (const item of items) console.log(JSON.stringify(item));
  else if (items.length === 0) console.log(none);
  else for (const line of textTable(head, items.map(row), tableStyle())) console.log(line);
}

/** A secret goes to standard output once, with what it is for on standard error, so that a pipe gets nothing else. */
export function printSecret(secret: string, about: string): void {
  console.error(about);
  console.log(secret);
}

export const time = (iso: string | undefined): string => (iso === undefined ? '' : iso.slice(0, 16).replace('T', ' '));
