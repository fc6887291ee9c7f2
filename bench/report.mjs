export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const spread = (values) =>
  `${Math.round(Math.min(...values)).toLocaleString('en')}–${Math.round(Math.max(...values)).toLocaleString('en')}`;

/** A measured figure against its yardstick, both taken in turn. `budget` is the least ratio, where there is one. */
export function ratio(what, unit, ours, against, yardstick, budget) {
  const pairs = ours.map((value, index) => value / against[index]);
  return {
    what,
    unit,
    custody: median(ours),
    custody_range: spread(ours),
    yardstick,
    yardstick_value: median(against),
    yardstick_range: spread(against),
    ratio: median(pairs),
    budget,
  };
}

export function figure(what, unit, ours, budget) {
  return { what, unit, custody: median(ours), custody_range: spread(ours), budget };
}

/** Times of single answers: half and 99 of 100 were as quick as this. `most` is the budget of the latter. */
export function latency(what, times, most) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return { what, unit: 'ms', p50: at(0.5), p99: at(0.99), most };
}

function latencyLine({ what, unit, p50, p99, most }) {
  const ms = (value) => `${value.toFixed(1)} ${unit}`;
  return [what, ms(p99), `p50 ${ms(p50)}`, '', '', '', `p99 < ${most} ${unit}`, p99 < most ? 'kept' : 'MISSED'];
}

export function printTable(rows) {
  const number = (value) => Math.round(value).toLocaleString('en');
  const lines = rows.map((row) => {
    if (row.p99 !== undefined) return latencyLine(row);
    const kept =
      row.budget === undefined
        ? ''
        : row.ratio === undefined
          ? row.custody >= row.budget
            ? 'kept'
            : 'MISSED'
          : row.ratio >= row.budget
            ? 'kept'
            : 'MISSED';
    const budget =
      row.budget === undefined
        ? ''
        : row.ratio === undefined
          ? `≥ ${number(row.budget)}`
          : `≥ ${Math.round(row.budget * 100)} %`;
    return [
      row.what,
      `${number(row.custody)} ${row.unit}`,
      row.custody_range,
      row.yardstick ?? '',
      row.yardstick ? number(row.yardstick_value) : '',
      row.ratio === undefined ? '' : `${Math.round(row.ratio * 100)} %`,
      budget,
      kept,
    ];
  });
  const table = [['what', 'Custody', 'range', 'against', 'its figure', 'ratio', 'budget', ''], ...lines];
  const widths = table[0].map((_, column) => Math.max(...table.map((line) => line[column].length)));
  console.log('');
  for (const [index, line] of table.entries()) {
    console.log(
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
    if (index === 0) console.log(widths.map((width) => '─'.repeat(width)).join('  '));
  }
}
