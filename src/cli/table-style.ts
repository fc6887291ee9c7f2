import type { TableStyle } from './text-table.js';

/** As wide and as colourful as the terminal is; plain where there is none. */
export function tableStyle(): TableStyle {
  const { columns, isTTY } = process.stdout;
  return isTTY ? { width: columns, color: !process.env['NO_COLOR'] } : { color: false };
}
