export interface TableStyle {
  /** Columns of the terminal; nothing is cut where there is none. */
  readonly width?: number;
  readonly color: boolean;
}

const GAP = '  ';
const NARROWEST = 8;

/** The lines of a table, its head first. The first column is never cut; rows named in `red` did not go well. */
export function textTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { width = Infinity, color }: TableStyle,
  red: (row: number) => boolean = () => false,
): readonly string[] {
  const safe = rows.map((row) => row.map(printable));
  const natural = head.map((title, column) => Math.max(title.length, ...safe.map((row) => row[column]!.length)));
  const widths = fitted(natural, width);
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => fit(cell, widths[column]!))
      .join(GAP)
      .trimEnd();
  const paint = (code: number, text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  return [paint(1, line(head)), ...safe.map((row, index) => (red(index) ? paint(31, line(row)) : line(row)))];
}

/** Takes from the widest column until the line fits. */
function fitted(natural: readonly number[], width: number): readonly number[] {
  const widths = [...natural];
  const total = () => widths.reduce((sum, each) => sum + each, GAP.length * (widths.length - 1));
  while (total() > width) {
    const widest = Math.max(...widths.slice(1));
    if (widest <= NARROWEST) break;
    widths[widths.lastIndexOf(widest)] = widest - 1;
  }
  return widths;
}

const fit = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);

/**
 * Names and reasons come from anyone: nothing in them may move the cursor, change colours or turn the
 * direction of writing around in somebody's terminal.
 */
export function printable(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
