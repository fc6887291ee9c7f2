const colour = process.stdout.isTTY && !process.env['NO_COLOR'];
const paint = (code: number) => (text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
export const bold = paint(1);
export const dim = paint(2);
export const red = paint(31);
export const green = paint(32);
export const yellow = paint(33);

export function heading(number: number, title: string): void {
  console.log(`\n${bold(`${number}. ${title}`)}\n${dim('─'.repeat(72))}`);
}

export const line = (label: string, value: string | number): void => console.log(`   ${label.padEnd(24)} ${value}`);
export const say = (text: string): void => console.log(`   ${text}`);

/** Columns as wide as their widest cell; numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => String(row[column] ?? '').length)),
  );
  const cell = (value: string | number, column: number) =>
    typeof value === 'number' ? String(value).padStart(widths[column]!) : value.padEnd(widths[column]!);
  say(
    dim(
      head
        .map((title, column) =>
          typeof rows[0]?.[column] === 'number' ? title.padStart(widths[column]!) : title.padEnd(widths[column]!),
        )
        .join('  '),
    ),
  );
  for (const row of rows) say(row.map(cell).join('  '));
}

/** A share as a bar of blocks, 24 wide at 100 %. */
export const bar = (share: number): string => '█'.repeat(Math.round(share * 24));

/** One line that is written over while something takes its time. */
export function status(text: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r   ${dim(text)}\u001b[K`);
}
export function statusDone(): void {
  if (process.stdout.isTTY) process.stdout.write('\r\u001b[K');
}
